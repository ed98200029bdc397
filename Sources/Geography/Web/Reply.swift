import Values

/// What a call is answered, before it is written: items made one at a time, between an opening and a closing text.
struct Reply: Sendable {
    var status = 200
    var mediaType = Self.json
    var opening = ""
    var closing = ""
    let count: Int
    let item: @Sendable (Int) -> JSON

    static let json = "application/json; charset=utf-8"
    /// RFC 7946 §12.
    static let geoJSON = "application/geo+json"

    /// One object.
    init(_ object: JSON) {
        count = 1
        item = { _ in object }
    }

    /// A list, in JSON's own brackets.
    init<Item: Sendable>(_ items: some Collection<Item>, _ object: @escaping @Sendable (Item) -> JSON) {
        let items = Array(items)
        (opening, closing) = ("[", "]")
        count = items.count
        item = { object(items[$0]) }
    }

    /// A refusal, in the form of API Géo's.
    init(refused status: Int, _ message: String) {
        self.init(["code": .integer(status), "message": .string(message)])
        self.status = status
    }

    /// The items from `start`, `most` of them at most, with the texts around them where they are the first or the last.
    func bytes(from start: Int, most: Int) -> [UInt8] {
        var bytes = start == 0 ? Array(opening.utf8) : []
        let end = min(count, start + most)
        for index in start..<end {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += item(index).bytes
        }
        if end == count { bytes += closing.utf8 }
        return bytes
    }
}
