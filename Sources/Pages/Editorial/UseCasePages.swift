import CatalogueModel
import Hummingbird

/// What the data is for: one page a procedure, with the APIs that it may and may not ask for.
struct UseCasePages {
    let site: Site
    let catalogue: CompiledCatalogue

    private var messages: Messages { site.messages }

    func list() -> Response {
        let bouquets = APIDescription.Bouquet.allCases.compactMap { bouquet -> Row? in
            let useCases = catalogue.editorial.useCases.filter { $0.bouquet == bouquet }
            guard !useCases.isEmpty else { return nil }
            return [
                "bouquetTitle": messages.text("bouquet.\(bouquet.rawValue)"), "bouquetID": bouquet.rawValue,
                "useCases": useCases.map(UseCasePages.card),
            ]
        }
        return site.page("useCases", title: messages.text("useCases.title"), section: .useCases, ["bouquets": bouquets])
    }

    static func card(_ useCase: UseCase) -> Row {
        [
            "cardTitle": useCase.title, "cardPath": "/cas-usages/\(useCase.id)", "cardText": useCase.audience,
        ]
    }

    func response(_ useCase: UseCase) -> Response {
        let audiences = catalogue.editorial.audiences.filter { useCase.audiences.contains($0.id) }
        return site.page(
            "useCase", title: useCase.title, section: .useCases,
            [
                "useCaseTitle": useCase.title, "useCaseAudience": useCase.audience,
                "audiences": audiences.map { label in
                    ["audienceTitle": label.title, "audiencePath": "/catalogue?public=\(label.id)"] as Row
                },
                "introduction": paragraphs(useCase.introduction), "role": paragraphs(useCase.role),
                "access": paragraphs(useCase.access),
                "groups": UseCase.Use.Kind.allCases.compactMap { group($0, useCase) },
                "legalBasis": useCase.legalBasis.map { ["article": $0.article, "articleText": $0.text] as Row },
            ])
    }

    private func paragraphs(_ texts: [String]) -> [Row] { texts.map { ["paragraph": $0] } }

    private func group(_ kind: UseCase.Use.Kind, _ useCase: UseCase) -> Row? {
        let uses = useCase.uses.filter { $0.kind == kind }
        guard !uses.isEmpty else { return nil }
        return [
            "groupTitle": messages.text("useCases.\(kind.rawValue)"), "groupID": kind.rawValue,
            "groupText": messages.text("useCases.\(kind.rawValue)Text"),
            "groupStyle": "uf-uses-\(kind.rawValue)", "uses": uses.map(use),
        ]
    }

    /// An API with its reason; one that is still to come has a title and no page.
    private func use(_ use: UseCase.Use) -> Row {
        let api = catalogue.api(use.api)
        return [
            "useTitle": api?.title ?? catalogue.editorial.apisToCome[use.api] ?? use.api,
            "usePath": api.map { "/catalogue/\($0.id)" }, "useReason": use.reason,
        ]
    }
}
