import CatalogueModel
import Values

/// The answer of a tried call, for people.
struct TryResult {
    let site: Site
    let errors: ErrorNomenclature

    private static let shownHeaders = [
        "content-type", "x-request-id", "x-response-cached", "x-cache-expires-in", "ratelimit-limit",
        "ratelimit-remaining", "ratelimit-reset", "retry-after",
    ]

    func row(_ answer: TriedAnswer, _ call: CallExample) -> Row {
        let messages = site.messages
        let isFine = (200..<300).contains(answer.status)
        let json = try? JSON(parsing: answer.body)
        let milliseconds = max(1, Int(answer.duration / .milliseconds(1)))
        let word = messages.text(isFine ? "try.accepted" : "try.refused")
        return [
            "resultTitle": messages.text("try.result", ["status": String(answer.status), "word": word]),
            "resultStyle": isFine ? "fr-alert--success" : "fr-alert--error",
            "resultText": isFine && call.operation.identity != .nobody ? messages.text("try.acceptedText") : nil,
            "duration": messages.text("try.duration", ["n": String(milliseconds)]),
            "problems": isFine ? [] : problems(json),
            "resultHeaders": answer.headers.filter { Self.shownHeaders.contains($0.0.lowercased()) }
                .map { ["headerName": $0.0, "headerValue": $0.1] as Row },
            "body": json?.pretty ?? String(decoding: answer.body.prefix(20_000), as: UTF8.self),
            "samples": SampleRows(site: site).rows(call),
        ]
    }

    /// The errors of the answer, each with what the nomenclature advises.
    private func problems(_ body: JSON?) -> [Row] {
        if let items = body?["errors"]?.items {
            return items.map { item in
                let code = item["code"]?.text ?? ""
                return problem(item["title"]?.text, item["detail"]?.text ?? item.text, errors.entry(code), code)
            }
        }
        guard let message = body?["message"]?.text else { return [] }
        return [problem(body?["error"]?.text, message, nil, "")]
    }

    private func problem(
        _ title: String?, _ detail: String?, _ entry: ErrorNomenclature.Entry?, _ code: String
    ) -> Row {
        [
            "problemTitle": title, "problemText": detail, "problemRemedy": entry?.remedy, "problemCode": code,
            "problemPath": entry.map { "/erreurs#code-\($0.code)" },
        ]
    }
}
