import CatalogueModel
import Foundation
import Hummingbird
import Values

/// What all pages share: options, texts, templates, the frame around each page.
struct Site: Sendable {
    let options: PagesOptions
    let messages: Messages
    let assets: Assets
    private let templates: Templates
    private let hasStatus: Bool
    private let explains: Bool

    /// - Parameters:
    ///   - hasStatus: whether there is a page on the state of the providers.
    ///   - explains: whether there is a page that explains refusals.
    init(options: PagesOptions, hasStatus: Bool = false, explains: Bool = false, missing: MissingNames?) throws {
        self.options = options
        self.hasStatus = hasStatus
        self.explains = explains
        let bundle = ProgramFiles.shared("unefois_Pages.resources") ?? Bundle.module.bundleURL
        let resources = bundle.appending(path: "Resources")
        messages = try Messages(folder: resources)
        templates = try Templates(folder: resources.appending(path: "templates"), messages: messages, missing: missing)
        assets = try Assets(own: resources.appending(path: "static"), dsfr: options.dsfr)
    }

    /// Sections of the site, in the order of the menu.
    enum Section: String, CaseIterable { case home, catalogue, useCases, data, developers, news }

    /// A page in the frame of the site.
    func page(
        _ template: String, title: String, section: Section? = nil, _ content: Row,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        var model = content
        model["pageTitle"] = section == .home ? title : "\(title) – \(messages.text("service"))"
        model["stateBrand"] = options.stateBrand
        model["dsfrFolder"] = assets.dsfrPath
        model["ownFolder"] = assets.ownPath
        model["version"] = options.version
        model["hasStatus"] = hasStatus
        model["explains"] = explains
        model["isSandbox"] = options.sandbox != nil
        model["menu"] = Section.allCases.map { entry in
            [
                "menuLabel": messages.text("menu.\(entry.rawValue)"), "menuPath": entry.path,
                "menuIsCurrent": entry == section,
            ] as Row
        }
        let body = ByteBuffer(string: templates.render(template, model))
        return Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-cache"],
            body: ResponseBody(byteBuffer: body))
    }
}

extension Site.Section {
    /// Address of the section's first page.
    var path: String {
        switch self {
        case .home: "/"
        case .catalogue: "/catalogue"
        case .useCases: "/cas-usages"
        case .data: "/donnees"
        case .developers: "/developpeurs"
        case .news: "/nouveautes"
        }
    }
}
