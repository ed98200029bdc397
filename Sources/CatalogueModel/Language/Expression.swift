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
    /// Text of every page of the document.
    case documentPages
}

/// A test on values; several joined by `and`, those groups by `or`, never deeper: a descriptor is no program.
public indirect enum Condition: Sendable {
    case equal(Expression, Expression)
    case different(Expression, Expression)
    case greater(Expression, Expression)
    case less(Expression, Expression)
    case among(Expression, [JSON])
    case blank(Expression)
    case present(Expression)
    case absent(Expression)
    /// A value of a list that another expression gives.
    case listed(Expression, Expression)
    case startsWith(Expression, Expression)
    case contains(Expression, Expression)
    case matches(Expression, Pattern)
    /// A company's number, its check digit included.
    case companyNumber(Expression, isEstablishment: Bool)
    case all([Condition])
    case any([Condition])
    case always
}

/// What may stand after `|`; each is a function of one value and its arguments.
public indirect enum Transform: Sendable {
    case simple(Simple)
    case endOfMonth(Int)
    case pad(Int)
    case join(String)
    case split(String, Int)
    /// So many characters from a place on, counted from 0.
    case slice(Int, Int)
    case replace(String, String)
    /// The text rewritten by the groups of a regular expression; null where it does not match.
    case reformat(Pattern, String)
    case arithmetic(Arithmetic, Expression)
    /// A decimal number rounded to so many places.
    case round(Int)
    /// The item of which an expression is smallest, or largest.
    case earliest(Expression)
    case latest(Expression)
    /// Items in the order of an expression's text; those of which it is null come last.
    case sort(Expression)
    /// The value of an expression for each item.
    case each(Expression)
    /// The member whose name an expression tells.
    case get(Expression)
    /// Every part of that name, at any depth.
    case find(String)
    /// `{key, items}` for each value of a member, in the order met.
    case group(String)
    /// A list in which each item's value stands at the place that the item tells, from 1; null between. With a name,
    /// the values of one place are an object.
    case pivot(place: Expression, value: Expression, name: Expression?)
    /// The members of another value, which win.
    case merge(Expression)
    case table([String: JSON])
    case tableOrSame([String: JSON])
    /// A column of a nomenclature's row.
    case label(Nomenclature, column: Int)
    case nullIf(JSON)
    /// The bracket of an amount in the grid that an expression names, as `{code, label}`.
    case bracket([String: Grid], Expression)
    /// The first group of a regular expression over lines.
    case capture(Pattern)
    /// The groups of every match of a regular expression, each a list.
    case captures(Pattern)
    /// A whole number below a bound that the text and a label alone decide: what a simulated provider holds on someone.
    case draw(String, Int)

    /// Transforms without argument.
    public enum Simple: String, Sendable, CaseIterable {
        case upcase, downcase, capitalize, strip, squish, ascii, letters, words, lines
        case text, integer, number
        case date, age
        case frenchDate = "french-date"
        case epochParis = "epoch-paris"
        /// Seconds since 1970 of an instant with its zone (RFC 3339); null for what is none.
        case epoch
        /// The day in Paris of seconds since 1970, and the instant.
        case epochDate = "epoch-date"
        case epochTime = "epoch-time"
        /// `YYYY-MM-DD` of a list of year, month and day, `00` for what is missing.
        case dateOfParts = "date-of-parts"
        case blankIsNull = "blank-is-null"
        case first, last, list, count, unique, compact, flatten, reverse, zip, entries, sum
        case required
        /// The text of an XML element, whether it has attributes or not.
        case content
        case base64, base64url, sha256
        case decodedBase64 = "decoded-base64"
        case lastSegment = "last-segment"
        case isBase64 = "is-base64"
        case json, xml
    }

    /// Arithmetic on exact decimal numbers.
    public enum Arithmetic: String, Sendable, CaseIterable {
        case plus, minus, times, over, modulo
        /// Division without remainder, towards zero.
        case dividedBy = "divided-by"
    }
}
