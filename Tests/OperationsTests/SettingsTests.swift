import Foundation
import Operations
import Testing

@Suite struct SettingsTests {
    @Test func `without any source every setting has its default`() async throws {
        let settings = try await Settings.load(arguments: [], environment: [:], terminal: false)
        #expect(settings.host == "127.0.0.1")
        #expect(settings.port == 8080)
        #expect(settings.adminPort == 0)
        #expect(settings.data == "data")
        #expect(settings.catalogue == nil)
        #expect(settings.sandbox)
        #expect(settings.sandboxSeed == 1)
        #expect(settings.sandboxFamilies == 10_000)
        #expect(settings.sandboxCompanies == 5_000)
        #expect(settings.testCases == nil)
        #expect(settings.franceConnectCases == nil)
        #expect(settings.clock == nil)
        #expect(settings.logFormat == .json)
        #expect(settings.logLevel == .info)
        #expect(settings.publicURL == nil)
        #expect(!settings.stateBrand)
    }

    @Test func `an option wins over a variable, which wins over the file, which wins over the default`() async throws {
        let text = "server: {port: 1}\nadmin: {port: 1}\nlog: {level: debug}\n"
        try await withSettingsFile(text) { path in
            let settings = try await Settings.load(
                arguments: ["--port", "3", "--config", path],
                environment: ["UNEFOIS_SERVER_PORT": "2", "UNEFOIS_ADMIN_PORT": "2"])
            #expect(settings.port == 3)
            #expect(settings.adminPort == 2)
            #expect(settings.logLevel == .debug)
            #expect(settings.sandboxSeed == 1)
        }
    }

    @Test func `the file may be named by a variable`() async throws {
        try await withSettingsFile("sandbox: no\n") { path in
            let settings = try await Settings.load(arguments: [], environment: ["UNEFOIS_CONFIG": path])
            #expect(!settings.sandbox)
        }
    }

    @Test func `a section may also hold a value of its own name`() async throws {
        let settings = try await Settings.load(
            arguments: ["--no-sandbox"], environment: ["UNEFOIS_SANDBOX_SEED": "7"])
        #expect(!settings.sandbox)
        #expect(settings.sandboxSeed == 7)
    }

    @Test(arguments: ["", "# rien\n", "---\n  # rien\n\n", "server:\n  port:\n"])
    func `a file that sets nothing is fine`(text: String) async throws {
        try await withSettingsFile(text) { path in
            let settings = try await Settings.load(arguments: ["--config=\(path)"], environment: [:])
            #expect(settings.port == 8080)
        }
    }

    @Test func `a blank variable counts as absent`() async throws {
        let settings = try await Settings.load(arguments: [], environment: ["UNEFOIS_SERVER_PORT": " "])
        #expect(settings.port == 8080)
    }

    @Test func `the options of the documented command are understood`() async throws {
        try await withTemporaryFolder { folder in
            let settings = try await Settings.load(
                arguments: [
                    "--data", "data", "--port", "0", "--test-cases", folder, "--france-connect-cases=\(folder)",
                    "--admin-port", "off", "--clock", "2026-01-31T08:00:00Z", "--state-brand",
                    "--log-format", "lisible",
                ], environment: [:])
            #expect(settings.port == 0)
            #expect(settings.adminPort == nil)
            #expect(settings.testCases == folder)
            #expect(settings.franceConnectCases == folder)
            #expect(settings.clock == Date(timeIntervalSince1970: 1_769_846_400))
            #expect(settings.stateBrand)
            #expect(settings.logFormat == .readable)
        }
    }

    @Test(arguments: [
        ("2026-01-31T09:00:00+01:00", 1_769_846_400.0), ("2026-01-31T08:00:00.250Z", 1_769_846_400.25),
    ])
    func `the clock takes an offset and a fraction`(text: String, seconds: Double) async throws {
        let settings = try await Settings.load(arguments: ["--clock", text], environment: [:])
        #expect(settings.clock == Date(timeIntervalSince1970: seconds))
    }

    @Test func `links follow the host and the port unless an address is given`() async throws {
        let local = try await Settings.load(arguments: [], environment: [:])
        #expect(local.publicURL(port: 8123) == "http://127.0.0.1:8123")
        let everywhere = try await Settings.load(arguments: ["--host", "::"], environment: [:])
        #expect(everywhere.publicURL(port: 80) == "http://localhost:80")
        let six = try await Settings.load(arguments: ["--host", "::1"], environment: [:])
        #expect(six.publicURL(port: 80) == "http://[::1]:80")
        let given = try await Settings.load(arguments: ["--public-url", "https://hub.example/api/"], environment: [:])
        #expect(given.publicURL(port: 80) == "https://hub.example/api")
    }

    @Test func `a terminal gets the readable log, anything else JSON`() async throws {
        #expect(try await Settings.load(arguments: [], environment: [:], terminal: true).logFormat == .readable)
        #expect(try await Settings.load(arguments: [], environment: [:], terminal: false).logFormat == .json)
    }

    @Test func `the help names every setting, its variable and its option`() {
        for key in Settings.Keys.all {
            #expect(Settings.help.contains(key.name))
            #expect(Settings.help.contains(key.environmentName))
            #expect(key.flag.map(Settings.help.contains) ?? true)
            #expect(Settings.help.contains(key.help))
        }
        #expect(Settings.help.contains("UNEFOIS_PROVIDERS_<ID>_URL"))
        #expect(Set(Settings.Keys.all.map(\.environmentName)).count == Settings.Keys.all.count)
    }
}
