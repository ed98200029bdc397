import Allocations
import Foundation

/// What one turn of a stage costs.
struct Cost {
    let name: String
    /// Of the thread's processor time; median of the batches.
    let nanoseconds: Double
    /// Nil where they cannot be counted.
    let mallocs: Double?
    /// How often a call goes through it.
    let turns: Int

    var row: [String] {
        [name, String(turns), Table.number(nanoseconds), mallocs.map { String(Int($0.rounded())) } ?? ""]
    }
}

/// Measures work of one thread. Processor time, not the clock's: what else the machine does counts little.
enum Measure {
    static let batches = 9
    /// Of a batch, in nanoseconds.
    static let batch: UInt64 = 40_000_000

    /// - Parameters:
    ///   - turns: how often a call goes through it.
    ///   - body: one turn; it is given the turn's number, so that turns may differ.
    static func cost<Result>(
        _ name: String, turns: Int = 1, _ body: (Int) throws -> Result
    ) rethrows -> Cost {
        var turn = 0
        func time(_ count: Int) throws -> UInt64 {
            let began = Machine.threadNanoseconds
            for _ in 0..<count {
                keep(try body(turn))
                turn += 1
            }
            return Machine.threadNanoseconds - began
        }
        var (count, taken) = (1, UInt64(0))
        while true {
            taken = try time(count)
            if taken > batch / 4 { break }
            count *= 2
        }
        count = max(1, Int(Double(count) * Double(batch) / Double(taken)))
        let times = try (0..<batches).map { _ in Double(try time(count)) / Double(count) }
        let before = Machine.mallocs
        _ = try time(min(count, 1000))
        let mallocs = before.flatMap { before in Machine.mallocs.map { Double($0 - before) / Double(min(count, 1000)) }
        }
        return Cost(name: name, nanoseconds: median(times), mallocs: mallocs, turns: turns)
    }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted[sorted.count / 2]
    }

    /// A value that nothing reads would not be worked out at all.
    @inline(never)
    private static func keep<Value>(_ value: Value) { withExtendedLifetime(value) {} }
}

/// What the system tells of the process.
enum Machine {
    static var threadNanoseconds: UInt64 { nanoseconds(CLOCK_THREAD_CPUTIME_ID) }

    /// Of all threads.
    static var processNanoseconds: UInt64 { nanoseconds(CLOCK_PROCESS_CPUTIME_ID) }

    private static func nanoseconds(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Calls of `malloc` by this thread so far; nil where they are not counted.
    static var mallocs: Int? { told(allocations_calls()) }

    /// Bytes in use; nil where they are not told.
    static var bytesInUse: Int? { told(allocations_bytes()) }

    private static func told(_ number: Int) -> Int? { number < 0 ? nil : number }
}
