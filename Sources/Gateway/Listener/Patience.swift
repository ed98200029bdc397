import NIOCore

/// How long a connection may let the hub wait: for its next request, and for the end of one begun. Bytes that do not
/// make a whole part of a request prolong nothing, so that who sends them one by one is cut off too.
struct Patience {
    /// From the head of a request to its end.
    static let request = TimeAmount.seconds(60)

    private let rest: TimeAmount
    private var end: NIODeadline?

    init(rest: TimeAmount) { self.rest = rest }

    mutating func rests() { end = .now() + rest }
    mutating func awaitsRequest() { end = .now() + Self.request }
    mutating func awaitsNothing() { end = nil }

    var isOver: Bool { end.map { $0 <= .now() } ?? false }
    var nextLook: NIODeadline { end ?? .now() + rest }
}
