/// The check of French company numbers (INSEE, décret n° 73-314): nine digits (SIREN) or fourteen (SIRET) whose
/// Luhn sum is a multiple of ten.
///
/// Establishments of La Poste (SIREN 356000000) keep numbers whose plain Luhn sum fails; they are accepted.
public enum CompanyNumber {
    /// True for a well-formed SIREN.
    public static func isSiren(_ text: String) -> Bool { isValid(text, digits: 9) }

    /// True for a well-formed SIRET.
    public static func isSiret(_ text: String) -> Bool { isValid(text, digits: 14) }

    private static func isValid(_ text: String, digits: Int) -> Bool {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
        if text.utf8.starts(with: "356000000".utf8) { return true }
        var sum = 0
        for (index, byte) in text.utf8.reversed().enumerated() {
            let digit = Int(byte - 0x30)
            let doubled = index % 2 == 1 ? digit * 2 : digit
            sum += doubled > 9 ? doubled - 9 : doubled
        }
        return sum % 10 == 0
    }

    /// The digit to append to `digits` so that the whole passes the Luhn check.
    public static func checkDigit(for digits: String) -> Character {
        var sum = 0
        for (index, byte) in digits.utf8.reversed().enumerated() {
            let digit = Int(byte - 0x30)
            let doubled = index % 2 == 0 ? digit * 2 : digit
            sum += doubled > 9 ? doubled - 9 : doubled
        }
        return Character(String((10 - sum % 10) % 10))
    }
}
