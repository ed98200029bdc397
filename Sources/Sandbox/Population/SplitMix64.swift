/// The generator of Steele, Lea and Flood (OOPSLA 2014). Written here because the system's generators may change
/// between versions, and a seed must give the same people for ever.
struct SplitMix64 {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number of 0..<bound.
    mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

    /// A number of the range.
    mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

    /// True so many times out of a hundred.
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    /// One of the choices; `fallback` where there is none.
    mutating func pick<Choice>(_ choices: [Choice], or fallback: Choice) -> Choice {
        choices.isEmpty ? fallback : choices[below(choices.count)]
    }

    /// The value whose cumulated weight holds a number drawn at random.
    mutating func weighted<Choice>(_ choices: [(Int, Choice)], or fallback: Choice) -> Choice {
        var draw = below(choices.reduce(0) { $0 + $1.0 })
        for (weight, choice) in choices {
            if draw < weight { return choice }
            draw -= weight
        }
        return fallback
    }
}
