import CatalogueModel
import Foundation
import Testing

@Suite struct CodeSampleTests {
    private static let hostile = #"L'ABBÉ "x" $(id) `id` ${a} #{b} \(c) \ + %"#

    private func sample(_ language: CodeSample.Language, franceConnect: Bool = false) throws -> String {
        let modality = franceConnect ? "france_connect" : "civility"
        let operation = try Shipped.catalogue.operation(
            "api_particulier_v3_cnav_quotient_familial_with_\(modality)")
        let values = [(name: "prenoms[]", values: ["ANNE", "ZOÉ"]), (name: "nomNaissance", values: [Self.hostile])]
        let call = CallExample(try #require(operation), values: values)
        return CodeSample(language, of: call, publicURL: "http://u").text
    }

    @Test(arguments: CodeSample.Language.allCases)
    func `the token comes from the environment and is not in the address`(language: CodeSample.Language) throws {
        let text = try sample(language)
        #expect(text.contains("Bearer") && text.contains("JETON") && !text.contains("token="))
        #expect(text.contains("http://u/v3/dss/quotient_familial/identite") && !text.contains("<<"))
        #expect(text.contains("ANNE") && text.contains("ZOÉ"))
        #expect(try sample(language, franceConnect: true).contains("JETON_FRANCECONNECT"))
    }

    /// What the running of the samples, in the tests of the browser, shows for the languages at hand.
    @Test(arguments: [
        (CodeSample.Language.curl, #"'nomNaissance=L'\''ABBÉ "x" $(id) `id` ${a} #{b} \(c) \ + %'"#),
        (.swift, #"("nomNaissance", "L'ABBÉ \"x\" $(id) `id` ${a} #{b} \\(c) \\ + %")"#),
        (.python, #"("nomNaissance", "L'ABBÉ \"x\" $(id) `id` ${a} #{b} \\(c) \\ + %")"#),
        (.javascript, #"["nomNaissance", "L'ABBÉ \"x\" $(id) `id` ${a} #{b} \\(c) \\ + %"]"#),
        (.java, #"{"nomNaissance", "L'ABBÉ \"x\" $(id) `id` ${a} #{b} \\(c) \\ + %"}"#),
        (.php, #"['nomNaissance', 'L\'ABBÉ "x" $(id) `id` ${a} #{b} \\(c) \\ + %']"#),
        (.ruby, #"['nomNaissance', 'L\'ABBÉ "x" $(id) `id` ${a} #{b} \\(c) \\ + %']"#),
    ])
    func `a value is quoted so that the language reads it as it is`(language: CodeSample.Language, line: String) throws
    {
        #expect(try sample(language).contains(line))
    }
}
