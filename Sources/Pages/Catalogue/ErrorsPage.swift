import CatalogueModel
import Hummingbird

/// Every error of the hub, each with an address of its own.
struct ErrorsPage {
    let site: Site

    func response(_ errors: ErrorNomenclature) -> Response {
        let own = errors.entries.filter { !$0.code.hasPrefix("NN") }.sorted { $0.code < $1.code }
        let shared = errors.entries.filter { $0.code.hasPrefix("NN") }.sorted { $0.code < $1.code }
        func rows(_ entries: [ErrorNomenclature.Entry]) -> [Row] {
            entries.map { entry in
                var row = Self.row(entry.code, entry.status, entry.title, entry.detail, entry.remedy)
                row["errorStep"] = errors.step(entry.code)?.title
                return row
            }
        }
        let hub = own.filter { $0.code.hasPrefix("00") || $0.code.hasPrefix("500") }
        let provider = own.filter { entry in !hub.contains(entry) }
        return site.page(
            "errors", title: site.messages.text("errors.title"), section: .developers,
            [
                "steps": errors.steps.map { ["stepTitle": $0.title, "stepText": $0.text] as Row },
                "hubErrors": rows(hub), "sharedErrors": rows(shared), "providerErrors": rows(provider),
            ])
    }

    static func rows(_ errors: [PossibleError]) -> [Row] {
        errors.map { row($0.code, $0.status, $0.title, $0.detail, $0.remedy) }
    }

    private static func row(_ code: String, _ status: Int, _ title: String, _ detail: String, _ remedy: String?) -> Row
    {
        [
            "errorCode": code, "errorStatus": String(status), "errorTitle": title, "errorDetail": detail,
            "errorRemedy": remedy,
        ]
    }
}
