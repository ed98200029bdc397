import Foundation
import Values

/// Replays the recorded answers that the descriptors declare.
public struct RecordingReplay {
    private let catalogue: CompiledCatalogue
    private let folder: URL

    /// - Parameter folder: the catalogue's folder, where the recordings' files are found.
    public init(catalogue: CompiledCatalogue, folder: URL) {
        self.catalogue = catalogue
        self.folder = folder
    }

    /// What differs between the recorded public answers and those that the catalogue gives; empty where all agree.
    public func differences() -> [Diagnostic] {
        catalogue.apis.flatMap { api in api.recordings.flatMap(differences) }
    }

    private func differences(_ recording: APIDescription.Recording) -> [Diagnostic] {
        guard let operation = catalogue.operation(recording.operation) else {
            return [remark("no operation is named '\(recording.operation)'", recording)]
        }
        let noon = recording.today.flatMap(Paris.midnight).map { Date(timeIntervalSince1970: Double($0 + 12 * 3600)) }
        let replay = Replay(catalogue: catalogue, clock: noon.map(WallClock.fixed) ?? .system)
        let body = recording.body.map { try? Data(contentsOf: folder.appending(path: $0)) } ?? Data()
        guard let body else { return [remark("the file of the provider's body is missing", recording)] }
        let facts = replay.received(
            replay.facts(operation, parameters: recording.parameters), status: recording.status,
            headers: recording.headers, bytes: body, by: operation, pages: recording.pages)
        switch replay.outcome(operation, facts, scopes: catalogue.scopes.set(catalogue.scopes.names)) {
        case .problem(let problem): return differences(problem, operation, recording)
        case .answer(let answer): return differences(answer, recording)
        }
    }

    private func differences(
        _ problem: ProblemTemplate, _ operation: APIOperation, _ recording: APIDescription.Recording
    ) -> [Diagnostic] {
        let (status, code) = (catalogue.status(of: problem, in: operation), operation.code(of: problem))
        if status == recording.expectedStatus, recording.expectedCode.map({ $0 == code }) ?? true { return [] }
        let expected = "\(recording.expectedStatus) \(recording.expectedCode ?? "")"
        return [remark("\(recording.operation) answers \(status) \(code), not \(expected)", recording)]
    }

    private func differences(_ answer: JSON, _ recording: APIDescription.Recording) -> [Diagnostic] {
        guard recording.expectedStatus == 200 else {
            return [remark("\(recording.operation) answers 200, not \(recording.expectedStatus)", recording)]
        }
        guard let name = recording.expectedBody else { return [] }
        guard let bytes = try? Data(contentsOf: folder.appending(path: name)), let expected = try? JSON(parsing: bytes)
        else { return [remark("'\(name)' is missing or no JSON", recording)] }
        return answer.differences(from: expected).map { remark("\(recording.operation): \($0)", recording) }
    }

    private func remark(_ message: String, _ recording: APIDescription.Recording) -> Diagnostic {
        Diagnostic(severity: .error, file: recording.file, line: recording.line, message: message)
    }
}

extension JSON {
    /// Where this value differs from the expected one, by path; the order of members does not count.
    public func differences(from expected: JSON, at path: String = "") -> [String] {
        switch (self, expected) {
        case (.object(let mine), .object(let theirs)):
            let missing = theirs.filter { self[$0.key] == nil }.map { "\(path)/\($0.key) is missing" }
            return missing
                + mine.flatMap { member in
                    let place = "\(path)/\(member.key)"
                    guard let other = expected[member.key] else { return ["\(place) was not expected"] }
                    return member.value.differences(from: other, at: place)
                }
        case (.array(let mine), .array(let theirs)):
            guard mine.count == theirs.count else { return ["\(path) has \(mine.count) items, not \(theirs.count)"] }
            return zip(mine, theirs).enumerated().flatMap { index, pair in
                pair.0.differences(from: pair.1, at: "\(path)/\(index)")
            }
        default:
            return matches(expected) ? [] : ["\(path) is \(serialized), not \(expected.serialized)"]
        }
    }
}
