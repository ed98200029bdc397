import CatalogueModel
import Foundation
import Synchronization

/// How many calls of an operation its provider let down in the last ten minutes.
final class RecentCalls: Sendable {
    struct Count: Sendable, Equatable {
        var calls = 0
        var failures = 0
    }

    /// Twenty spans of half a minute; one is used again once it is ten minutes old.
    private static let spans = 20
    private static let seconds = 30

    private let counts = Mutex([(span: Int, count: Count)](repeating: (.min, Count()), count: spans))

    func record(failed: Bool, at now: Date) {
        let span = Self.span(now)
        counts.withLock { counts in
            let place = (span % Self.spans + Self.spans) % Self.spans
            if counts[place].span != span { counts[place] = (span, Count()) }
            counts[place].count.calls += 1
            if failed { counts[place].count.failures += 1 }
        }
    }

    func count(at now: Date) -> Count {
        let span = Self.span(now)
        return counts.withLock { counts in
            counts.reduce(into: Count()) { sum, entry in
                guard entry.span > span - Self.spans, entry.span <= span else { return }
                sum.calls += entry.count.calls
                sum.failures += entry.count.failures
            }
        }
    }

    private static func span(_ now: Date) -> Int { Int((now.timeIntervalSince1970 / Double(seconds)).rounded(.down)) }
}

extension Gateway {
    /// Questions put to a provider in the last ten minutes for its callers, and those that it failed to answer.
    /// - Parameter apis: the APIs meant; empty: all.
    public func recentCalls(to provider: String, apis: Set<String>) -> (calls: Int, failures: Int) {
        let (snapshot, now) = (snapshot, parts.clock.now())
        var sum = (calls: 0, failures: 0)
        for operation in snapshot.catalogue.operations
        where operation.provider.id == provider
            && (apis.isEmpty || apis.contains((operation.source ?? operation).api.id))
        {
            let count = snapshot.metrics[operation.index].recent.count(at: now)
            sum = (sum.calls + count.calls, sum.failures + count.failures)
        }
        return sum
    }
}
