import Operations
import Testing

@Suite struct SettingsRefusalTests {
    private func problems(
        _ arguments: [String] = [], environment: [String: String] = [:], file: String = ""
    ) async throws -> [String] {
        try await withSettingsFile(file) { path in
            do throws(SettingsError) {
                _ = try await Settings.load(arguments: ["--config", path] + arguments, environment: environment)
                return []
            } catch {
                return error.problems.map { $0.replacing(path, with: "F") }
            }
        }
    }

    @Test(arguments: [
        ("UNEFOIS_SERVER_PORT", "http"), ("UNEFOIS_SERVER_PORT", "65536"), ("UNEFOIS_SERVER_PORT", "-1"),
        ("UNEFOIS_ADMIN_PORT", "-1"), ("UNEFOIS_SERVER_HOST", "http://localhost"), ("UNEFOIS_SANDBOX", "maybe"),
        ("UNEFOIS_SANDBOX_SEED", "-1"), ("UNEFOIS_SANDBOX_FAMILIES", "0"), ("UNEFOIS_SANDBOX_COMPANIES", "1e3"),
        ("UNEFOIS_TEST_CASES", "/dev/null"), ("UNEFOIS_FRANCE_CONNECT_CASES", "/nowhere"),
        ("UNEFOIS_CATALOGUE", "/nowhere"), ("UNEFOIS_CLOCK", "2026-01-31"), ("UNEFOIS_CLOCK", "2026-01-31T08:00:00"),
        ("UNEFOIS_CLOCK", "2026-01-31T08:00:00Zzz"),
        ("UNEFOIS_CLOCK", "2026-02-31T08:00:00Z"), ("UNEFOIS_CLOCK", "2026-01-31T25:00:00Z"),
        ("UNEFOIS_LOG_FORMAT", "xml"), ("UNEFOIS_LOG_LEVEL", "loud"),
        ("UNEFOIS_PUBLIC_URL", "hub.example"), ("UNEFOIS_PUBLIC_URL", "https://hub.example/?a=b"),
        ("UNEFOIS_PUBLIC_URL", "ftp://hub.example"), ("UNEFOIS_STATE_BRAND", "2"),
    ])
    func `a wrong value is refused with its name, its source and what is expected`(
        variable: String, value: String
    ) async throws {
        let problems = try await problems(environment: [variable: value])
        #expect(problems.count == 1)
        let problem = try #require(problems.first)
        let key = try #require(Settings.Keys.all.first { $0.environmentName == variable })
        #expect(problem.contains("« \(key.name) » vaut « \(value) » (variable \(variable)) ; attendu : "))
        #expect(problem.contains(key.expectation))
    }

    @Test func `the token that another command reads is passed over`() async throws {
        #expect(try await problems(environment: ["UNEFOIS_TOKEN": "a.b.c"]) == [])
        #expect(try await problems(environment: ["UNEFOIS_TOKENS": "a.b.c"]).count == 1)
    }

    @Test func `each source is named in its own words`() async throws {
        #expect(
            try await problems(["--port=x"]) == [
                "« server.port » vaut « x » (option --port) ; attendu : un entier de 0 à 65535 (0 : un port libre)."
            ])
        #expect(
            try await problems(file: "server: {port: x}") == [
                "« server.port » vaut « x » (fichier F) ; attendu : un entier de 0 à 65535 (0 : un port libre)."
            ])
        #expect(
            try await problems(file: "data: [a, b]") == [
                "« data » a une valeur refusée (fichier F) ; attendu : un chemin, en une seule valeur."
            ])
    }

    @Test func `all refusals come at once`() async throws {
        let problems = try await problems(
            ["--port", "x", "--prot"], environment: ["UNEFOIS_ADMIN_PORT": "x"], file: "log: {levle: debug}")
        #expect(problems.count == 4)
    }

    @Test func `an unknown name is refused with the nearest one`() async throws {
        #expect(
            try await problems(["--prot", "--plot=secret"]) == [
                "L’option « --prot » n’existe pas ; vouliez-vous « --port » ?",
                "L’option « --plot » n’existe pas ; vouliez-vous « --port » ?",
            ])
        #expect(
            try await problems(environment: ["UNEFOIS_SERVER_PROT": "secret"]) == [
                "La variable « UNEFOIS_SERVER_PROT » n’est pas un réglage ; vouliez-vous « UNEFOIS_SERVER_PORT » ?"
            ])
        #expect(
            try await problems(file: "port: 80\nprovider: {cnav: {url: 'http://a'}}\nqwertyuiop: 1") == [
                "« port » n’est pas un réglage (fichier F) ; vouliez-vous « server.port » ?",
                "« provider.cnav.url » n’est pas un réglage (fichier F) ; vouliez-vous « providers.<id>.url » ?",
                "« qwertyuiop » n’est pas un réglage (fichier F).",
            ])
    }

    @Test func `variables of other programs are none of ours`() async throws {
        #expect(try await problems(environment: ["HOME": "/", "UNEFOISX": "1"]) == [])
    }

    @Test func `an option without its value is refused`() async throws {
        #expect(
            try await problems(["--port", "--sandbox"]) == [
                "L’option --port demande une valeur ; attendu : un entier de 0 à 65535 (0 : un port libre)."
            ])
    }

    @Test func `a missing file is refused`() async {
        await #expect(throws: SettingsError.self) {
            try await Settings.load(arguments: ["--config", "/nowhere.yaml"], environment: [:])
        }
    }

    @Test(arguments: [
        "providers: {a: {token: s3cret\nb: s3cret", "- s3cret", "token: \"s3cret\\q\"", "a: s3cret\na: s3cret",
        "a: *s3cret", "? {s3cret: 1}\n: 2",
    ])
    func `a file that is no mapping of settings is refused, and not quoted`(text: String) async throws {
        let problems = try await problems(file: text)
        #expect(problems.count == 1)
        let problem = try #require(problems.first)
        #expect(problem.hasPrefix("Le fichier de réglages « F » n’est pas du YAML de réglages"))
        #expect(!problem.contains("s3cret"))
    }

    @Test func `the place of a slip in the file is told`() async throws {
        let problem = try #require(try await problems(file: "a: 1\ntoken: \"s3cret\\q\"").first)
        #expect(problem.contains(" : ligne 2, colonne 15 : "))
    }
}
