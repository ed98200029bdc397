import Testing
import Values

@testable import Gateway

/// A pseudonym is made of these bytes: another form of them would make another person of somebody.
@Suite struct SubjectTests {
    private static func person(_ values: [String: String]) -> String? {
        Subject.person(values).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        arguments: [
            ("lefevre", "LEFEVRE"), ("LEFEVRE", "LEFEVRE"), ("Lefèvre", "LEFEVRE"), ("LEFÈVRE", "LEFEVRE"),
            ("o'neil-{z}", "O'NEIL-{Z}"), ("D'ÀRC", "D'ARC"), ("01", "1"), ("+1", "1"), ("1a", "1A"), ("001", "001"),
            ("", ""), (" ", " "), ("Straße", "STRASSE"),
        ])
    func `a name has one form, whatever its letters`(name: String, form: String) {
        #expect(Self.person(["nomNaissance": name, "sexeEtatCivil": "F"]) == "\(form)|||||F||")
    }

    @Test func `a whole date counts as its parts`() {
        let parts = [
            "nomNaissance": "Martin", "prenoms": "Alice", "anneeDateNaissance": "1987", "moisDateNaissance": "06",
            "jourDateNaissance": "27", "sexeEtatCivil": "f", "codeCogInseeCommuneNaissance": "08480",
            "codeCogInseePaysNaissance": "99100",
        ]
        #expect(Self.person(parts) == "MARTIN|ALICE|1987|6|27|F|08480|99100")
        var whole = parts
        for name in ["anneeDateNaissance", "moisDateNaissance", "jourDateNaissance"] { whole[name] = nil }
        whole["dateNaissance"] = "1987-06-27"
        #expect(Self.person(whole) == Self.person(parts))
        #expect(Self.person(["ine": "1234567890a"]) == "INE|1234567890A")
        #expect(Self.person([:]) == nil)
    }
}
