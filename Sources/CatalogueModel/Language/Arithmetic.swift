import Foundation
import Values

extension JSON {
    /// The value as an exact decimal number where it is written as one.
    var amount: Decimal? {
        switch self {
        case .integer(let number): Decimal(number)
        case .decimal(let text), .string(let text): Self.decimal(text)
        default: nil
        }
    }

    /// A number of at most 48 signs, which the quotient of a division may have; what is longer is no amount of this world.
    private static func decimal(_ text: String) -> Decimal? {
        guard text.utf8.count <= 48, text.wholeMatch(of: /[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?/) != nil else {
            return nil
        }
        return Decimal(string: text, locale: Locale(identifier: "en_US_POSIX"))
    }

    func number() throws(MappingFailure) -> Decimal {
        guard let amount else { throw MappingFailure(reason: "a number was expected") }
        return amount
    }

    /// A whole number where it is one.
    static func from(_ number: Decimal) -> JSON {
        let text = "\(number)"
        return Int(text).map(JSON.integer) ?? .decimal(text)
    }
}

extension Decimal {
    /// Half away from zero, as amounts are rounded.
    func rounded(_ places: Int, _ mode: RoundingMode = .plain) -> Decimal {
        var (value, result) = (self, Decimal())
        NSDecimalRound(&result, &value, places, mode)
        return result
    }
}

extension Transform.Arithmetic {
    func apply(_ left: JSON, _ right: JSON) throws(MappingFailure) -> JSON {
        let (left, right) = (try left.number(), try right.number())
        switch self {
        case .plus: return .from(left + right)
        case .minus: return .from(left - right)
        case .times: return .from(left * right)
        case .over: return .from(try left.divided(by: right))
        case .dividedBy: return .from(try left.divided(by: right).rounded(0, left.sign == right.sign ? .down : .up))
        case .modulo:
            let quotient = try left.divided(by: right).rounded(0, .down)
            return .from(left - quotient * right)
        }
    }
}

extension Decimal {
    fileprivate func divided(by other: Decimal) throws(MappingFailure) -> Decimal {
        guard other != 0 else { throw MappingFailure(reason: "a division by zero") }
        return self / other
    }
}
