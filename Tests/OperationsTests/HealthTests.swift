import Operations
import Testing

@Suite struct HealthTests {
    @Test func `nothing vouched for is not healthy`() {
        #expect(Health().report().checks == [])
        #expect(!Health().report().healthy)
    }

    @Test func `one unwell check is enough, and says why`() {
        let health = Health()
        health.register("catalogue") { .well("52 API") }
        #expect(health.report().healthy)
        health.register("ledger") { .unwell("disque plein") }
        let report = health.report()
        #expect(!report.healthy)
        #expect(report.checks.map(\.name) == ["catalogue", "ledger"])
        #expect(
            report.json.serialized == #"{"healthy":false,"checks":[{"name":"catalogue","ok":true,"detail":"52 API"},"#
                + #"{"name":"ledger","ok":false,"detail":"disque plein"}]}"#)
    }

    @Test func `a check of the same name takes the place of the former`() {
        let health = Health()
        health.register("ledger") { .unwell("pas encore ouvert") }
        health.register("ledger") { .well() }
        #expect(health.report().healthy)
        #expect(health.report().checks.count == 1)
    }
}
