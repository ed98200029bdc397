import Testing

@testable import Gateway

struct HeaderNameTests {
    @Test func `each name of an answer's headers is a name of HTTP, and another than the rest`() {
        #expect(HeaderName.allCases.allSatisfy { $0.field != nil })
        #expect(Set(HeaderName.allCases.map { $0.rawValue.lowercased() }).count == HeaderName.allCases.count)
    }
}
