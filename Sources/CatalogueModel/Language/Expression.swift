import Values

/// How a value is found: in the provider's answer, in the call, or computed from those.
///
/// The language of the descriptors; `docs/catalogue.md` is its manual.
public indirect enum Expression: Sendable {
    case literal(JSON)
    /// The part of the provider's answer that is being read.
    case node
    case fact(Fact)
    /// A value that the enclosing structure named with `let`.
    case named(Int)
    case member(Expression, String)
    case list([Expression])
    case filter(Expression, Condition)
    case alternatives([Expression])
    case apply(Transform, Expression)
    case template([Expression])
    case choice([Branch])

    /// One branch of a choice; the last may have no condition.
    public struct Branch: Sendable {
        public let condition: Condition?
        public let value: Expression
    }
}

/// What the call itself knows, written `@name` in a descriptor.
public enum Fact: Sendable, Hashable {
    /// A checked parameter of the call, by its slot in the operation.
    case parameter(Int)
    /// HTTP status of the provider's answer.
    case status
    /// A header of the provider's answer.
    case header(String)
    /// The provider's answer as JSON; null where it is none.
    case body
    /// The provider's answer as text.
    case text
    case year, month, today, now
    case recipient, requestID, token, organisation, version
    /// A setting of the provider, from configuration.
    case setting(String)
    /// The identifier that a redirection of the provider replaced (INSEE).
    case redirectedFrom
    case documentURL, documentExpiry
    /// Text of a page of the document, from 1.
    case documentPage(Int)
}

/// A test on values; several joined by `and`, never deeper: a descriptor is no program.
public indirect enum Condition: Sendable {
    case equal(Expression, Expression)
    case different(Expression, Expression)
    case greater(Expression, Expression)
    case less(Expression, Expression)
    case among(Expression, [JSON])
    case blank(Expression)
    case present(Expression)
    case absent(Expression)
    case startsWith(Expression, Expression)
    case contains(Expression, Expression)
    case all([Condition])
    case always
}

/// What may stand after `|`; each is a function of one value and its arguments.
public enum Transform: Sendable {
    case upcase, downcase, strip, squish, ascii
    case text, integer
    case date, frenchDate, epochParis, age
    /// `YYYY-MM-DD` of a list of year, month and day, `00` for what is missing.
    case dateOfParts
    case blankIsNull
    case endOfMonth(Int)
    case pad(Int)
    case join(String)
    case split(String, Int)
    case first, count, unique, compact
    /// The item whose member is smallest.
    case earliest(String)
    /// The members of another value, which win.
    case merge(Expression)
    case table([String: JSON])
    case tableOrSame([String: JSON])
    /// A column of a nomenclature's row.
    case label(Nomenclature, String)
    case nullIf(JSON)
    case required
    case base64, base64url
    /// The first group of a regular expression over lines.
    case capture(Pattern)
    case lastSegment
    case isBase64
}
