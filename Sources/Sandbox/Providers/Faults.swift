import Synchronization
import Values

/// A failure that a provider is asked to simulate.
enum Fault: Sendable {
    /// Answer that status and no more.
    case status(Int)
    /// Answer as usual, after so many milliseconds.
    case slow(Int)
    /// Answer 200 and something that is no JSON.
    case garbage
    /// Close the connection.
    case close

    /// Reads `{"mode": …}`; nil for anything else.
    init?(_ order: JSON) {
        switch (order["mode"]?.text, order["status"]?.int, order["milliseconds"]?.int) {
        case ("status", .some(let status), _) where (200...599).contains(status): self = .status(status)
        case ("slow", _, .some(let milliseconds)) where (0...600_000).contains(milliseconds): self = .slow(milliseconds)
        case ("garbage", _, _): self = .garbage
        case ("close", _, _): self = .close
        default: return nil
        }
    }
}

/// The fault in force at one provider, if any.
final class Faults: Sendable {
    private let state = Mutex<(fault: Fault, left: Int?)?>(nil)

    /// Sets or clears the fault. A count lets calls through again after so many.
    func answer(_ call: Call) -> Reply {
        switch call.method {
        case .delete:
            state.withLock { $0 = nil }
            return Reply(status: .noContent)
        case .post:
            guard let order = call.json, let fault = Fault(order) else {
                return .json(["message": "mode attendu : status, slow, garbage ou close"], status: .badRequest)
            }
            let count = order["count"]?.int
            state.withLock { $0 = count == 0 ? nil : (fault, count) }
            return Reply(status: .noContent)
        default: return Reply(status: .methodNotAllowed)
        }
    }

    /// The fault this call meets.
    func next() -> Fault? {
        state.withLock { state in
            guard let (fault, left) = state else { return nil }
            if let left { state = left > 1 ? (fault, left - 1) : nil }
            return fault
        }
    }
}
