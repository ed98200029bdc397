import NIOCore

/// How long a connection may let the hub wait: for its next request, and for the end of one begun. Bytes that do not
/// make a whole part of a request prolong nothing, so that who sends them one by one is cut off too.
struct Patience {
    private let rest: TimeAmount
    private let request: TimeAmount
    private var end: NIODeadline?

    /// - Parameters:
    ///   - rest: between two requests.
    ///   - request: from the head of a request to its end.
    init(rest: TimeAmount, request: TimeAmount) { (self.rest, self.request) = (rest, request) }

    mutating func rests() { end = .now() + rest }
    mutating func awaitsRequest() { end = .now() + request }
    mutating func awaitsNothing() { end = nil }

    var isOver: Bool { end.map { $0 <= .now() } ?? false }
    var nextLook: NIODeadline { end ?? .now() + rest }
}
