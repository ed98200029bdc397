import Testing

@testable import Gateway

struct AdmissionTests {
    private static let origin = ContinuousClock.now

    /// What became of asking; nil where the call was let in.
    private static func refusal(
        _ admission: Admission, _ organisation: String, _ seconds: Double = 0
    ) -> Admission.Refusal? {
        if case .failure(let refusal) = admission.begin(organisation, now: origin + .seconds(seconds)) {
            refusal
        } else {
            nil
        }
    }

    private static func place(_ admission: Admission, _ organisation: String) -> Admission.Place? {
        try? admission.begin(organisation, now: origin).get()
    }

    @Test(arguments: [1, 2, 7, 100]) func `one organisation alone may have all the places`(limit: Int) throws {
        let admission = Admission(limit: limit)
        let places = try (0..<limit).map { _ in try #require(Self.place(admission, "city")) }
        #expect(Self.refusal(admission, "city") != nil)
        admission.end(places[0])
        #expect(Self.refusal(admission, "city") == nil)
    }

    @Test func `where one has taken everything the others get the places that come free, up to their share`() throws {
        let admission = Admission(limit: 80)
        var rushing = try (0..<80).map { _ in try #require(Self.place(admission, "rushing")) }
        // Nothing is left for the first moment.
        #expect(Self.refusal(admission, "small", 0.1) == .full)
        for step in 0..<40 {
            let now = 0.2 + Double(step) / 10
            admission.end(rushing.removeLast())
            #expect(Self.refusal(admission, "small", now) == nil)
            #expect(Self.refusal(admission, "rushing", now) == .overShare)
        }
        #expect(Self.refusal(admission, "small", 5) == .overShare)
    }

    @Test func `while there is room nobody is held to a share`() {
        let admission = Admission(limit: 80)
        for _ in 0..<10 { #expect(Self.refusal(admission, "small") == nil) }
        // Sixty-six are far more than half of the places; ten are the others', and four are for whoever comes.
        for _ in 0..<66 { #expect(Self.refusal(admission, "large", 0.1) == nil) }
        #expect(Self.refusal(admission, "newcomer", 0.1) == nil)
        for _ in 0..<3 { #expect(Self.refusal(admission, "small", 0.2) == nil) }
        #expect(Self.refusal(admission, "small", 0.2) == .full)
        #expect(Self.refusal(admission, "large", 0.2) == .overShare)
    }

    @Test func `calls that come later than they were read take nothing away from what is kept for the others`() throws {
        let admission = Admission(limit: 40)
        for place in try (0..<10).map({ _ in try #require(Self.place(admission, "small")) }) { admission.end(place) }
        for call in 0..<30 { #expect(Self.refusal(admission, "large", call.isMultiple(of: 2) ? 1 : 0) == nil) }
        #expect(Self.refusal(admission, "large", 1) == .overShare)
    }

    @Test func `an organisation that asks no more leaves its share to the others within two seconds`() throws {
        let admission = Admission(limit: 40)
        for place in try (0..<15).map({ _ in try #require(Self.place(admission, "gone")) }) { admission.end(place) }
        for _ in 0..<25 { #expect(Self.refusal(admission, "here", 0.5) == nil) }
        #expect(Self.refusal(admission, "here", 0.5) == .overShare)
        for _ in 0..<15 { #expect(Self.refusal(admission, "here", 3) == nil) }
        #expect(Self.refusal(admission, "here", 3) != nil)
    }

    /// Calls that each take a tenth of a second, asked at fixed rates for ten seconds over `limit` places.
    /// - Parameter rates: calls a second of each organisation.
    /// - Returns: calls let in, by organisation.
    private static func simulate(_ rates: [Int], limit: Int) -> [Int] {
        let admission = Admission(limit: limit)
        var admitted = rates.map { _ in 0 }
        var ends: [(step: Int, place: Admission.Place)] = []
        // Steps of a millisecond.
        for step in 0..<10_000 {
            while let first = ends.first, first.step <= step {
                admission.end(first.place)
                ends.removeFirst()
            }
            // In another order each time, as calls come.
            for index in rates.indices.map({ ($0 + step) % rates.count }) {
                let asked = (step + 1) * rates[index] / 1000 - step * rates[index] / 1000
                for _ in 0..<asked {
                    let now = origin + .milliseconds(step)
                    guard let place = try? admission.begin("\(index)", now: now).get() else { continue }
                    admitted[index] += 1
                    ends.append((step + 100, place))
                }
            }
        }
        return admitted
    }

    @Test(arguments: [2, 5, 20]) func `at five times the capacity all is used, and shared equally`(count: Int) {
        // 100 places of a tenth of a second: 1 000 calls a second.
        let admitted = Self.simulate(Array(repeating: 5_000 / count, count: count), limit: 100)
        let total = admitted.reduce(0, +)
        #expect(total >= 9_000)
        let squares = admitted.reduce(0) { $0 + $1 * $1 }
        #expect(Double(total * total) / Double(count * squares) >= 0.95)
    }

    @Test func `an organisation that asks ten times more does not starve the others`() {
        // Four that ask for 100 a second each, well within their share of 200, and one that asks for 5 000.
        let admitted = Self.simulate([5_000, 100, 100, 100, 100], limit: 100)
        for small in admitted.dropFirst() { #expect(small >= 950) }
        #expect(admitted.reduce(0, +) >= 8_500)
    }

    @Test func `a rush beside one that asks little is held back little`() {
        let admitted = Self.simulate([5_000, 10], limit: 100)
        #expect(admitted[1] >= 95 && admitted.reduce(0, +) >= 9_000)
    }
}
