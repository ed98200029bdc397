import CatalogueModel
import Hummingbird

/// How to connect a program, in plain words.
struct DevelopersPage {
    let site: Site
    let catalogue: CompiledCatalogue

    func response() -> Response {
        let messages = site.messages
        let operation = CallExample.first(catalogue)
        let example = operation.map { CallExample($0, subject: site.options.sandbox?.subjects(for: $0).first) }
        return site.page(
            "developers", title: messages.text("developers.title"), section: .developers,
            [
                "samples": example.map(SampleRows(site: site).rows) ?? [], "operationTitle": operation?.api.title,
                "limits": catalogue.limits.compactMap(limit), "token": site.options.sandbox?.token,
                "publicURL": site.options.publicURL, "bouquets": bouquets,
                "traces": traces,
            ])
    }

    /// A limit that has operations, with how many.
    private func limit(_ limit: RateLimitGroup) -> Row? {
        let operations = catalogue.operations.filter { $0.limit == limit }
        guard let first = operations.first else { return nil }
        return [
            "limitBouquet": site.messages.text("bouquet.\(first.api.bouquet.rawValue)"),
            "limitText": Wording(messages: site.messages).limit(first),
            "limitCount": site.messages.count("openapi.operations", operations.count),
        ]
    }

    private var bouquets: [Row] {
        APIDescription.Bouquet.allCases.compactMap { bouquet in
            guard catalogue.apis.contains(where: { $0.bouquet == bouquet }) else { return nil }
            return [
                "bouquetTitle": site.messages.text("bouquet.\(bouquet.rawValue)"),
                "bouquetPath": "/openapi/\(bouquet.rawValue).json",
            ]
        }
    }

    /// What a call says about itself, for companies, who are asked for all of it.
    private var traces: [Row] {
        let operation = catalogue.operations.first { $0.style == .entreprise } ?? catalogue.operations.first
        return (operation?.traceParameters ?? []).map {
            [
                "traceName": $0.name, "traceMeaning": $0.meaning, "traceExample": $0.example,
                "traceWhere": site.messages.text($0.name == "recipient" ? "developers.always" : "developers.companies"),
            ]
        }
    }
}

extension CallExample {
    /// The operation that pages show first: a stable one that takes a token of ours.
    static func first(_ catalogue: CompiledCatalogue) -> APIOperation? {
        let candidates = catalogue.operations.filter {
            $0.deprecated == nil && $0.identity == .parameters && $0.api.lifecycle != .announced
        }
        return candidates.first { $0.api.id == "quotient-familial" } ?? candidates.first
    }
}
