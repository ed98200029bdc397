import CatalogueModel
import ProviderHealth

/// How a provider is doing, in a few words, for the pages that show a line of it.
struct StatusLine: Sendable {
    enum Level: String, Sendable { case fine, troubled, down }

    let level: Level
    /// In French, for everybody.
    let text: String

    /// Nil where nothing is known.
    init?(_ present: PresentState, _ wording: StatusWording) {
        switch present.state {
        case .ok: level = .fine
        case .degraded, .maintenance: level = .troubled
        case .down: level = .down
        case .unknown: return nil
        }
        text = wording.state(present.state) + (present.until.map { " " + wording.until($0) } ?? "")
    }
}
