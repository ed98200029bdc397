import Operations
import Testing
import Values

@Suite struct SettingsProvidersTests {
    private static let file = """
        providers:
          france_connect:
            url: http://file.example/
            token: {url: "http://file.example/token"}
            rsa: {client_id: someone, client_secret: 0042}
        """

    @Test func `a provider's settings come from the file at any depth`() async throws {
        try await withSettingsFile(Self.file) { path in
            let settings = try await Settings.load(arguments: ["--config", path], environment: [:])
            #expect(settings.provider("france_connect", "url") == "http://file.example")
            #expect(settings.provider("france_connect", "token.url") == "http://file.example/token")
            #expect(settings.provider("france_connect", "rsa.client_id") == "someone")
            #expect(settings.secret("france_connect", "rsa.client_secret") == Redacted("0042"))
            #expect(settings.provider("france_connect", "keys.url") == nil)
        }
    }

    @Test func `a variable wins over the file, underscores of identifiers included`() async throws {
        try await withSettingsFile(Self.file) { path in
            let settings = try await Settings.load(
                arguments: ["--config", path],
                environment: [
                    "UNEFOIS_PROVIDERS_FRANCE_CONNECT_URL": "https://variable.example",
                    "UNEFOIS_PROVIDERS_FRANCE_CONNECT_RSA_CLIENT_ID": "another",
                ])
            #expect(settings.provider("france_connect", "url") == "https://variable.example")
            #expect(settings.provider("france_connect", "rsa.client_id") == "another")
            #expect(settings.provider("france_connect", "token.url") == "http://file.example/token")
        }
    }

    @Test func `a wrong address is refused at start, from the file and from a variable`() async throws {
        try await withSettingsFile("providers: {cnav: {url: cnav.example}}") { path in
            let error = await #expect(throws: SettingsError.self) {
                try await Settings.load(
                    arguments: ["--config", path],
                    environment: ["UNEFOIS_PROVIDERS_INSEE_TOKEN_URL": "https://me:s3cret@insee.example"])
            }
            let problems = try #require(error?.problems)
            #expect(problems.count == 2)
            #expect(problems[0].contains("« providers.cnav.url » vaut « cnav.example »"))
            #expect(problems[1].contains("« UNEFOIS_PROVIDERS_INSEE_TOKEN_URL » vaut « …@insee.example »"))
        }
    }

    @Test func `a value of a provider is never shown`() async throws {
        try await withSettingsFile("providers: {cnav: {password: [s3cret]}}") { path in
            let error = await #expect(throws: SettingsError.self) {
                try await Settings.load(arguments: ["--config", path], environment: [:])
            }
            #expect(error?.description.contains("« providers.cnav.password » a une valeur refusée") == true)
            #expect(error?.description.contains("s3cret") == false)
        }
    }

    @Test func `names of providers that do not exist can be told`() async throws {
        try await withSettingsFile("providers: {cnav: {url: 'http://a'}, cnva: {url: 'http://a'}}") { path in
            let settings = try await Settings.load(
                arguments: ["--config", path],
                environment: ["UNEFOIS_PROVIDERS_CNAV_KEY": "k", "UNEFOIS_PROVIDERS_CNVA_KEY": "k"])
            #expect(
                settings.strayProviderNames(known: ["cnav", "insee"])
                    == ["UNEFOIS_PROVIDERS_CNVA_KEY", "providers.cnva.url"])
        }
    }
}
