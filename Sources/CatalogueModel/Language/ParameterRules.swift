import Values

extension ParameterRule {
    /// Values in a rule's own order.
    struct Values {
        let all: [JSON?]
        /// Where each of the rule's values is among all.
        let slots: [Int]

        subscript(place: Int) -> JSON? { slots[safe: place].flatMap { all[safe: $0] ?? nil } }
    }

    /// True where the values pass.
    func accepts(_ values: Values, today: CivilDate) -> Bool {
        let first = values[0]
        let text = first?.text ?? ""
        switch self {
        case .siren: return CompanyNumber.isSiren(text)
        case .siret: return CompanyNumber.isSiret(text)
        case .name: return Self.isName(text)
        case .optionalName: return isMissing(first) || (first?.items == nil && Self.isName(text))
        case .names:
            guard let items = first?.items, !items.isEmpty else { return false }
            return items.allSatisfy { Self.isName($0.text ?? "") }
        case .isList: return first == nil || first?.items != nil
        case .present: return first?.items == nil && !isMissing(first)
        case .sex: return ["M", "F"].contains(text.uppercased())
        case .optionalSex: return isMissing(first) || ["M", "F"].contains(text.uppercased())
        case .partialBirthDate: return Self.isPartialBirthDate(values, today)
        case .birthDate: return Self.isBirthDate(values, today)
        case .isoDate: return Self.isISODate(text, today)
        case .country: return Self.isCountry(text)
        case .birthPlace: return Self.isBirthPlace(values)
        case .optionalCommune: return isMissing(first) || Self.isCommune(text)
        case .optionalDepartment: return isMissing(first) || Self.isDepartment(text)
        case .ine: return text.utf8.count == 11 && text.utf8.allSatisfy(Self.isAlphanumeric)
        case .recentYear:
            return isMissing(first) || Self.number(first).map { (today.year - 2...today.year).contains($0) } ?? false
        case .pastMonth: return isMissing(first) || Self.isPastMonth(values, today)
        }
    }

    private func isMissing(_ value: JSON?) -> Bool { value?.isBlank ?? true }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// Latin letters as the civil register writes them (without × and ÷), apostrophe, hyphen, space.
    static func isName(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 400 else { return false }
        var hasLetter = false
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x41...0x5A, 0x61...0x7A, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0xFF: hasLetter = true
            case 0x20, 0x27, 0x2D: continue
            default: return false
            }
        }
        return hasLetter
    }

    /// A whole number written with digits only.
    static func number(_ value: JSON?) -> Int? {
        guard let text = value?.text, !text.isEmpty, text.utf8.count <= 4,
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int(text)
    }

    private static func isPartialBirthDate(_ values: Values, _ today: CivilDate) -> Bool {
        func reads(_ place: Int, _ range: ClosedRange<Int>) -> (isValid: Bool, number: Int?) {
            guard let value = values[place], !value.isBlank else { return (true, nil) }
            let number = number(value)
            return (number.map(range.contains) ?? false, number)
        }
        let (year, month, day) = (reads(0, 1900...today.year), reads(1, 1...12), reads(2, 1...31))
        guard year.isValid, month.isValid, day.isValid else { return false }
        guard let year = year.number else { return true }
        guard let day = day.number else { return CivilDate(year: year, month: month.number ?? 1, day: 1) < today }
        guard let month = month.number else { return true }
        let date = CivilDate(year: year, month: month, day: day)
        return date.isComplete && date < today
    }

    private static func isBirthDate(_ values: Values, _ today: CivilDate) -> Bool {
        guard let year = number(values[0]), let month = number(values[1]),
            let day = number(values[2]), year >= 1900
        else { return false }
        let date = CivilDate(year: year, month: month, day: day)
        return date.isComplete && date < today
    }

    private static func isISODate(_ text: String, _ today: CivilDate) -> Bool {
        guard text.utf8.count == 10, text.dropFirst(4).first == "-", let date = CivilDate(text) else { return false }
        return date.isComplete && date.year >= 1900 && date < today
    }

    private static func isCountry(_ text: String) -> Bool {
        guard text.utf8.count == 5, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
        return text.begins(with: "99") || text == "92352"
    }

    /// Code officiel géographique of a commune: no département 20 (Corsica is 2A and 2B).
    static func isCommune(_ text: String) -> Bool {
        let bytes = text.utf8
        guard bytes.count == 5, bytes.dropFirst(2).allSatisfy({ (0x30...0x39).contains($0) }), let first = bytes.first,
            let second = bytes.dropFirst().first
        else { return false }
        if first == UInt8(ascii: "2") {
            return (0x31...0x39).contains(second) || second == UInt8(ascii: "A") || second == UInt8(ascii: "B")
        }
        return (0x30...0x39).contains(first) && (0x30...0x39).contains(second)
    }

    static func isDepartment(_ text: String) -> Bool {
        if ["2A", "2B", "971", "972", "973", "974", "976"].contains(text) { return true }
        guard text.utf8.count == 2, let number = Int(text) else { return false }
        return (1...95).contains(number) && number != 20
    }

    /// Values: country, commune, name of commune, département, year.
    private static func isBirthPlace(_ values: Values) -> Bool {
        func text(_ index: Int) -> String { values[index]?.text ?? "" }
        let commune = text(1)
        if !commune.isEmpty, !isCommune(commune) { return text(0) != "99100" }
        guard text(0) == "99100", commune.isEmpty else { return true }
        return !text(2).isEmpty && isDepartment(text(3)) && !text(4).isEmpty
    }

    private static func isPastMonth(_ values: Values, _ today: CivilDate) -> Bool {
        guard let month = number(values[0]), (1...12).contains(month) else { return false }
        let year = number(values[1]) ?? today.year
        return (year, month) <= (today.year, today.month)
    }
}
