import Testing

/// Operations that any token opens, such as the number of a company's VAT.
struct AnyTokenTests {
    private static let trace = "?recipient=13002526500013&context=marche&object=essai"
    private static let vat = "/v3/european_commission/unites_legales/012345674/numero_tva" + trace
    private static let duty = "/v3/agefiph/unites_legales/012345674/obligation_emploi_travailleurs_handicapes" + trace

    @Test func `any token opens what wants no scope, and nothing else`() async throws {
        var bench = HubBench()
        bench.usesSandbox = true
        try await bench.run { hub in
            let token = try await hub.token(scopes: ["cnaf_adresse"])
            let open = try await hub.send(Self.vat, token: token)
            #expect(open.status == 200 && open.json["data"]?["tva_number"] == "FR09012345674", "\(open.text)")
            #expect(try await hub.send(Self.duty, token: token).codes == ["00100"])
        }
    }

    @Test func `a token is wanted all the same`() async throws {
        try await HubBench().run { hub in
            for token in [nil, "forged"] {
                let answer = try await hub.send(Self.vat, token: token)
                #expect(answer.status == 401 && answer.codes == ["00101"])
            }
        }
    }
}
