import Hummingbird
import Operations

/// The pages, wired to the hub.
struct ServerPages {
    init(hub: Hub, settings: Settings, demoToken: String?) throws {}
    func addRoutes(to router: Router<BasicRequestContext>) {}
}
