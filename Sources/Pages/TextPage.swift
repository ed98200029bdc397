import Hummingbird

/// The pages that only hold text; each is named by its path.
enum TextPage: String, CaseIterable, Sendable {
    case accessibility = "accessibilite"
    case privacy = "donnees-personnelles"
    case legal = "mentions-legales"

    func response(_ site: Site) -> Response {
        let name = "\(self)"
        return site.page(name, title: site.messages.text("\(name).title"), [:])
    }
}
