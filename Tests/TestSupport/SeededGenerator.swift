import Foundation

/// A generator that gives the same numbers each time (SplitMix64), so that a failing mutation can be found again.
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension Array where Element == UInt8 {
    /// Changes, removes, adds, repeats or cuts some bytes.
    package mutating func mutate(using random: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 1...2, using: &random) {
            let place = isEmpty ? 0 : Int.random(in: 0..<count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0 where !isEmpty: self[place] = UInt8.random(in: 0...255, using: &random)
            case 1 where !isEmpty: remove(at: place)
            case 2: insert(UInt8.random(in: 0...255, using: &random), at: place)
            case 3:
                insert(contentsOf: Array("{}[]\",:\\u0e-.truenull".utf8).shuffled(using: &random).prefix(2), at: place)
            case 4: self = Array(prefix(place))
            default: insert(contentsOf: suffix(from: place).prefix(8), at: place)
            }
        }
    }
}

extension FixedWidthInteger {
    /// The number of an environment variable, by which a longer run of a random test is asked for, or one again.
    package init(environment name: String, else standard: Self) {
        let text = ProcessInfo.processInfo.environment[name]
        guard let number = text.map({ Self($0) }) ?? standard else { fatalError("\(name) is no number of this test") }
        self = number
    }
}

extension SeededGenerator {
    /// Seeded by the environment's `SEED`, 1 where there is none.
    package static var fromEnvironment: SeededGenerator { SeededGenerator(seed: UInt64(environment: "SEED", else: 1)) }
}
