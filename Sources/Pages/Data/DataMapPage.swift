import CatalogueModel
import Hummingbird

/// The data that administrations owe one another: who holds each, whether an API gives it, how many ask for it.
struct DataMapPage {
    let site: Site
    let catalogue: CompiledCatalogue
    /// Whether what is missing can be asked for.
    let takesRequests: Bool

    private var messages: Messages { site.messages }

    /// - Parameters:
    ///   - wanted: name of the state to show; nil: all.
    ///   - counts: how many organisations ask for each datum.
    func response(wanted: String?, counts: [String: Int]) -> Response {
        let editorial = catalogue.editorial
        let states = Dictionary(
            editorial.exchangedData.map { ($0.id, DatumState($0, catalogue)) }, uniquingKeysWith: { first, _ in first })
        let chosen = wanted.flatMap(DatumState.Name.init)
        let shown = editorial.exchangedData.filter { chosen == nil || states[$0.id]?.name == chosen }
        let families = editorial.families.compactMap { family -> Row? in
            let rows = shown.filter { $0.family == family.id }.map { row($0, states[$0.id], counts[$0.id] ?? 0) }
            return rows.isEmpty ? nil : ["familyTitle": family.title, "familyID": family.id, "data": rows]
        }
        return site.page(
            "data", title: messages.text("data.title"), section: .data,
            [
                "states": DatumState.Name.allCases.map { name in
                    let count = states.values.filter { $0.name == name }.count
                    return [
                        "stateText": messages.text("data.state.\(name.rawValue)"), "stateCount": String(count),
                        "statePath": "/donnees?etat=\(name.rawValue)", "stateIsChosen": name == chosen,
                    ] as Row
                },
                "isFiltered": chosen != nil, "families": families,
            ])
    }

    private func row(_ datum: ExchangedDatum, _ state: DatumState?, _ count: Int) -> Row {
        let name = state?.name ?? .none
        return [
            "datumID": datum.id, "datumTitle": datum.title, "datumHolder": datum.holder, "datumDetail": datum.detail,
            "datumSource": datum.source, "stateText": messages.text("data.state.\(name.rawValue)"),
            "stateStyle": name.badge, "hasAPIs": state?.apis.isEmpty == false,
            "apis": (state?.apis ?? []).map { ["apiTitle": $0.title, "apiPath": "/catalogue/\($0.id)"] as Row },
            "datumFile": datum.file, "datumElsewhere": datum.elsewhere,
            "countText": count > 0 ? messages.count("data.requests", count) : nil,
            "requestPath": takesRequests && name.canBeRequested ? "/donnees/\(datum.id)/demander" : nil,
        ]
    }
}

/// How a datum reaches those who need it.
struct DatumState {
    /// Raw values are those of addresses.
    enum Name: String, CaseIterable {
        case api, soon = "bientot", file = "fichier", elsewhere = "ailleurs", none = "pas-encore"

        var badge: String {
            switch self {
            case .api: "fr-badge--green-emeraude"
            case .soon: "fr-badge--blue-ecume"
            case .file, .elsewhere: "fr-badge--beige-gris-galet"
            case .none: "fr-badge--orange-terre-battue"
            }
        }

        /// What an API gives already need not be asked for.
        var canBeRequested: Bool { self != .api }
    }

    let name: Name
    /// The APIs of the catalogue that serve it.
    let apis: [APIDescription]

    init(_ datum: ExchangedDatum, _ catalogue: CompiledCatalogue) {
        apis = datum.apis.compactMap(catalogue.api)
        if apis.contains(where: { $0.lifecycle != .announced }) {
            name = .api
        } else if datum.file != nil {
            name = .file
        } else if datum.elsewhere != nil {
            name = .elsewhere
        } else {
            name = datum.apis.isEmpty ? .none : .soon
        }
    }
}
