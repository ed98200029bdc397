import Foundation
import Hummingbird
import Testing

@testable import Pages

@Suite struct StaticFileTests {
    /// A design system of two files, beside a secret.
    private func folder() throws -> URL {
        let top = FileManager.default.temporaryDirectory.appending(path: "pages-\(UUID().uuidString)")
        let folder = top.appending(path: "dsfr")
        try FileManager.default.createDirectory(at: folder.appending(path: "fonts"), withIntermediateDirectories: true)
        for (path, text) in [
            "VERSION": "9.9", "dsfr.min.css": "a{}", "fonts/a.woff2": "font", ".hidden.css": "no", "x.exe": "no",
            "../secret.css": "secret",
        ] {
            try Data(text.utf8).write(to: folder.appending(path: path))
        }
        return folder
    }

    @Test func `files are served under their version, for good`() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }
        try await Shipped.pages(Shipped.options(dsfr: folder)) { client in
            let style = try await client.visit("/dsfr/9.9/dsfr.min.css")
            #expect(style.text == "a{}")
            #expect(style.headers[.contentType] == "text/css; charset=utf-8")
            #expect(style.headers[.cacheControl]?.contains("immutable") == true)
            let font = try await client.visit("/dsfr/fonts/a.woff2")
            #expect(font.headers[.contentType] == "font/woff2")
            #expect(font.headers[.cacheControl]?.contains("immutable") == false)
            let home = try await client.visit("/")
            #expect(home.text.contains("/dsfr/9.9/dsfr.min.css"))
        }
    }

    @Test(arguments: [
        "/dsfr/../secret.css", "/dsfr/9.9/../../secret.css", "/dsfr/%2e%2e/secret.css", "/dsfr/..%2fsecret.css",
        "/dsfr/%2e%2e%2fsecret.css", "/dsfr/.hidden.css", "/dsfr/x.exe", "/dsfr/VERSION", "/dsfr/fonts", "/dsfr/",
        "/dsfr/..\\secret.css", "/dsfr//etc/passwd", "/static/../messages.fr.json", "/static/unefois.css%00",
    ])
    func `nothing else is served`(path: String) async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }
        let answer = try await Shipped.pages(Shipped.options(dsfr: folder)) { try await $0.visit(path) }
        #expect(answer.status == 404)
        #expect(!answer.text.contains("secret"))
    }
}
