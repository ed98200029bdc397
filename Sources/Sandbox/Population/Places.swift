/// A commune of the extract.
struct Commune: Sendable {
    let code: String
    let name: String
    let department: String
    let postcode: String
    /// The name as postal addresses write it: capitals, no accent, arrondissements by number.
    let label: String

    var isDistrict: Bool { name.hasSuffix("Arrondissement") }

    /// True for the commune's name, however spelt, or for the city of an arrondissement.
    func isCalled(_ text: String) -> Bool {
        let (own, other) = (folded(name), folded(text))
        return own == other || isDistrict && own.hasPrefix(other + " ")
    }
}

/// The places of the fictional population: real communes and countries, by their official codes.
enum Places {
    static let france = "99100"

    static let communes: [Commune] = communeTable.split(separator: "\n").compactMap { line in
        let parts = line.split(separator: "|").map(String.init)
        guard parts.count == 4 else { return nil }
        return Commune(
            code: parts[0], name: parts[1], department: parts[2], postcode: parts[3], label: label(of: parts[1]))
    }

    /// Countries where some of the people were born, by INSEE code.
    static let countries = [
        "99109", "99127", "99131", "99132", "99134", "99139", "99140", "99208", "99216", "99243", "99326", "99341",
        "99350", "99351", "99352", "99401",
    ]

    private static let byCode = Dictionary(communes.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })

    static func commune(_ code: String) -> Commune? { byCode[code] }

    private static func label(of name: String) -> String {
        let words = folded(name).split(separator: " ")
        guard words.count == 3, words[2] == "ARRONDISSEMENT" else { return words.joined(separator: " ") }
        return words[0] + " " + words[1].prefix { $0.isNumber }
    }
}

/// A postal address of the fictional population.
struct Address: Sendable {
    let number: Int
    /// The kind of street, as Sirene abbreviates it (`AV`, `RUE`…).
    let type: String
    /// The name of the street in capitals, without accents.
    let street: String
    let complement: String?
    /// The code of the commune.
    let commune: String

    var place: Commune? { Places.commune(commune) }

    /// `12 RUE DES ORMES`
    var streetLine: String { "\(number) \(type) \(street)" }

    /// `08000 VILLERS SEMEUSE`
    var cityLine: String { place.map { $0.postcode + " " + $0.label } ?? "" }
}
