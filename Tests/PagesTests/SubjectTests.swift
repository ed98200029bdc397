import CatalogueModel
import Testing

@testable import Pages

struct SubjectTests {
    @Test func `the company of an operation's example is tried first, the others keep their order`() throws {
        func company(_ siret: String) -> SandboxInformation.Subject {
            SandboxInformation.Subject(label: siret, parameters: ["siret": [siret]], franceConnectToken: nil)
        }
        let numbers = ["01234567400019", "01000002400017", "01000002400025", "01000009900019"]
        let sandbox = SandboxInformation(token: "jeton", subjects: numbers.map(company))
        func tried(_ id: String) throws -> [String] {
            let operation = try #require(Shipped.catalogue().operation(id))
            return sandbox.subjects(for: operation).map(\.label)
        }
        #expect(
            try tried("api_entreprise_v4_qualibat_certifications_batiment")
                == ["01000002400025", "01234567400019", "01000002400017", "01000009900019"])
        #expect(try tried("api_entreprise_v3_msa_conformites_cotisations") == numbers)
    }
}
