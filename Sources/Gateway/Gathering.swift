import CatalogueModel
import Foundation
import Values

/// A bouquet: one question to several APIs at once, under one purpose. Each source is asked, limited and traced as if it
/// had been called alone.
extension CallPipeline {
    func gathered(_ variables: [String: String], _ progress: Progress) async -> JSON {
        let (caller, traceability, references) = (progress.caller, progress.traceability, progress.references)
        let parts = operation.gathered.map { item in
            // A proof is made of the whole.
            var call = call
            call.proof = nil
            let part = CallPipeline(gateway: gateway, snapshot: snapshot, call: call, operation: item.operation)
            // It goes on when it is late: the answer waits in the cache for the next call.
            return (item, Task { await part.part(variables, caller, traceability, references) })
        }
        var members: [JSON.Member] = []
        for (item, task) in parts {
            let left = item.deadline - started.duration(to: .now)
            members.append(JSON.Member(item.key, Self.told(await Self.first(task, within: left))))
        }
        return ["data": .object(members), "links": .object([]), "meta": .object([])]
    }

    /// The steps of a call after those that the bouquet has gone through, with its own trace.
    private func part(
        _ variables: [String: String], _ caller: Caller, _ traceability: Traceability, _ references: References
    ) async -> Answer {
        let progress = Progress(caller, traceability)
        progress.references = references
        var answer: Answer
        do throws(Refusal) {
            try limit(progress)
            try checkScope(progress)
            answer = try await data(variables, progress)
        } catch {
            answer = refused(error, progress)
        }
        return await recorded(answer, progress)
    }

    /// The answer, or nil where it does not come in time.
    private static func first(_ task: Task<Answer, Never>, within time: Duration) async -> Answer? {
        let (answers, continuation) = AsyncStream.makeStream(of: Answer?.self)
        let waiting = Task {
            continuation.yield(await task.value)
        }
        let alarm = Task {
            try await Task.sleep(for: max(time, .zero))
            continuation.yield(nil)
        }
        defer {
            alarm.cancel()
            waiting.cancel()
        }
        for await answer in answers { return answer }
        return nil
    }

    private static func told(_ answer: Answer?) -> JSON {
        typealias State = GatheredOperation.State
        func item(_ state: State, _ code: JSON, _ text: JSON, _ value: JSON) -> JSON {
            ["etat": .string(state.rawValue), "code": code, "explication": text, "valeur": value]
        }
        guard let answer else {
            return item(.late, .null, "La réponse n'est pas venue à temps : refaites l'appel dans un moment.", .null)
        }
        let body = (try? JSON(parsing: answer.body)) ?? .null
        if answer.status == 200 { return item(.value, .null, .null, body["data"] ?? .null) }
        let problem = body["errors"]?.items?.first
        let state: State =
            switch answer.status {
            case 404: .absent
            case 429, 500...: .late
            default: .refused
            }
        return item(state, problem?["code"] ?? .null, problem?["detail"] ?? .null, .null)
    }
}
