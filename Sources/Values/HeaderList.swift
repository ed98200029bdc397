/// Headers of an answer, found whatever the case of their names (RFC 9110 §5.1). Answers have few and fewer are looked
/// at: they stay in the text that they came in, and a list of places is read quicker than a table is made.
public struct HeaderList: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    private var text: [UInt8] = []
    private var places: [Place] = []

    /// Where a header's name and its value stand in the text.
    package struct Place: Sendable {
        let (name, value): (Range<Int>, Range<Int>)

        package init(name: Range<Int>, value: Range<Int>) { (self.name, self.value) = (name, value) }
    }

    public init() {}

    /// Those of a head that was read.
    package init(text: [UInt8], places: [Place]) { (self.text, self.places) = (text, places) }

    public init(dictionaryLiteral elements: (String, String)...) { self.init(elements) }

    public init(_ headers: some Sequence<(String, String)>) {
        for (name, value) in headers { append(name, value) }
    }

    public init(_ headers: [String: String]) { self.init(headers.lazy.map { ($0, $1) }) }

    public mutating func append(_ name: String, _ value: String) {
        let start = text.count
        text += name.utf8
        let sign = text.count
        text += value.utf8
        places.append(Place(name: start..<sign, value: sign..<text.count))
    }

    /// The last value of that name.
    public subscript(name: String) -> String? {
        name.withBytes { name in
            text.withUnsafeBufferPointer { text in
                places.last { UnsafeBufferPointer(rebasing: text[$0.name]).isSameIgnoringCase(name) }
                    .map { String(decoding: UnsafeBufferPointer(rebasing: text[$0.value]), as: UTF8.self) }
            }
        }
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.places.count == right.places.count
            && zip(left.places, right.places).allSatisfy { own, other in
                left.text[own.name] == right.text[other.name] && left.text[own.value] == right.text[other.value]
            }
    }
}
