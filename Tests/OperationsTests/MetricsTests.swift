import Metrics
import Operations
import Testing

@Suite struct MetricsTests {
    private let registry = PrometheusRegistry(seriesLimit: 3) { nil }

    private static let end = """
        # HELP unefois_metrics_conflicts_total Handles not exposed: another kind has their name
        # TYPE unefois_metrics_conflicts_total counter
        unefois_metrics_conflicts_total 0

        """

    @Test func `counters, gauges and last values`() {
        registry.describe("http.requests", "Calls\nreceived")
        let dimensions = [("route", "b"), ("code", "200")]
        Counter(label: "http.requests", dimensions: dimensions, factory: registry).increment(by: 2)
        Counter(label: "http.requests", dimensions: dimensions.reversed(), factory: registry).increment()
        Counter(label: "http.requests", factory: registry).increment()
        FloatingPointCounter(label: "cpu-time", factory: registry).increment(by: 0.25)
        FloatingPointCounter(label: "cpu-time", factory: registry).increment(by: 0.5)
        let meter = Meter(label: "open", factory: registry)
        meter.set(5)
        meter.increment(by: 2.5)
        meter.decrement()
        Gauge(label: "last", factory: registry).record(-1)
        let expected = """
            # HELP cpu_time_total cpu-time
            # TYPE cpu_time_total counter
            cpu_time_total 0.75
            # HELP http_requests_total Calls\\nreceived
            # TYPE http_requests_total counter
            http_requests_total 1
            http_requests_total{code="200",route="b"} 3
            # HELP last last
            # TYPE last gauge
            last -1
            # HELP open open
            # TYPE open gauge
            open 6.5

            """
        #expect(registry.exposition() == expected + Self.end)
    }

    @Test func `a timer is a histogram in seconds, with fine steps`() {
        let timer = Timer(label: "gateway.call", dimensions: [("api", "x")], factory: registry)
        timer.recordMicroseconds(500)
        timer.recordMilliseconds(3)
        timer.recordSeconds(11)
        let expected = """
            # HELP gateway_call_seconds gateway.call
            # TYPE gateway_call_seconds histogram
            gateway_call_seconds_bucket{api="x",le="0.0005"} 1
            gateway_call_seconds_bucket{api="x",le="0.001"} 1
            gateway_call_seconds_bucket{api="x",le="0.002"} 1
            gateway_call_seconds_bucket{api="x",le="0.005"} 2
            gateway_call_seconds_bucket{api="x",le="0.01"} 2
            gateway_call_seconds_bucket{api="x",le="0.025"} 2
            gateway_call_seconds_bucket{api="x",le="0.05"} 2
            gateway_call_seconds_bucket{api="x",le="0.1"} 2
            gateway_call_seconds_bucket{api="x",le="0.25"} 2
            gateway_call_seconds_bucket{api="x",le="0.5"} 2
            gateway_call_seconds_bucket{api="x",le="1"} 2
            gateway_call_seconds_bucket{api="x",le="2.5"} 2
            gateway_call_seconds_bucket{api="x",le="5"} 2
            gateway_call_seconds_bucket{api="x",le="10"} 2
            gateway_call_seconds_bucket{api="x",le="+Inf"} 3
            gateway_call_seconds_sum{api="x"} 11.0035
            gateway_call_seconds_count{api="x"} 3

            """
        #expect(registry.exposition() == expected + Self.end)
    }

    @Test func `a recorder is a histogram that ignores what is no number`() {
        let recorder = Recorder(label: "wait", factory: registry)
        recorder.record(0.005)
        recorder.record(Double.nan)
        recorder.record(20)
        let expected = """
            # HELP wait wait
            # TYPE wait histogram
            wait_bucket{le="0.005"} 1
            wait_bucket{le="0.01"} 1
            wait_bucket{le="0.025"} 1
            wait_bucket{le="0.05"} 1
            wait_bucket{le="0.1"} 1
            wait_bucket{le="0.25"} 1
            wait_bucket{le="0.5"} 1
            wait_bucket{le="1"} 1
            wait_bucket{le="2.5"} 1
            wait_bucket{le="5"} 1
            wait_bucket{le="10"} 1
            wait_bucket{le="+Inf"} 2
            wait_sum 20.005
            wait_count 2

            """
        #expect(registry.exposition() == expected + Self.end)
    }

    @Test func `names are spelt as the format wants, values are escaped`() {
        let dimensions = [("le", "a"), ("__x", "b"), ("9é", "\"c\\\nd"), ("a.b", "1"), ("a-b", "2")]
        Meter(label: "9 vies:é", dimensions: dimensions, factory: registry).set(1)
        let line = #"_9_vies:__{_9__="\"c\\\nd",a_b="1",le_="a",x__x="b"} 1"#
        #expect(registry.exposition().contains("\n\(line)\n"))
    }

    @Test func `sets of labels beyond the limit count together, and are counted`() {
        for number in 1...5 {
            Counter(label: "seen", dimensions: [("n", "\(number)")], factory: registry).increment(by: number)
        }
        Counter(label: "seen", dimensions: [("n", "2")], factory: registry).increment()
        let expected = """
            # HELP seen_total seen
            # TYPE seen_total counter
            seen_total{n="1"} 1
            seen_total{n="2"} 3
            seen_total{n="3"} 3
            seen_total{other="true"} 9
            # HELP unefois_metrics_folded_total Sets of labels beyond the limit of a metric
            # TYPE unefois_metrics_folded_total counter
            unefois_metrics_folded_total{metric="seen_total"} 2

            """
        #expect(registry.exposition() == expected + Self.end)
    }

    @Test func `a name that another kind has taken is not exposed, and is counted`() {
        Meter(label: "x", factory: registry).set(1)
        Recorder(label: "x", factory: registry).record(1)
        let text = registry.exposition()
        #expect(text.contains("# TYPE x gauge\nx 1\n"))
        #expect(!text.contains("x_bucket"))
        #expect(text.contains("unefois_metrics_conflicts_total 1\n"))
    }

    @Test func `a counter neither falls nor stops being a number`() {
        let counter = Counter(label: "c", factory: registry)
        counter.increment(by: -3)
        FloatingPointCounter(label: "c", factory: registry).increment(by: Double.infinity)
        #expect(registry.exposition().contains("\nc_total 0\n"))
        counter.increment()
        counter.reset()
        #expect(registry.exposition().contains("\nc_total 0\n"))
    }

    @Test func `a destroyed handle leaves the page and makes room`() {
        for number in 1...6 {
            let counter = Counter(label: "c", dimensions: [("n", "\(number)")], factory: registry)
            counter.increment()
            if number < 6 { counter.destroy() }
        }
        let expected = "# HELP c_total c\n# TYPE c_total counter\nc_total{n=\"6\"} 1\n"
        #expect(registry.exposition() == expected + Self.end)
    }

    @Test func `no increment is lost between threads`() async {
        let timer = Timer(label: "t", factory: registry)
        let counter = FloatingPointCounter(label: "f", factory: registry)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<10_000 {
                        timer.recordSeconds(1)
                        counter.increment(by: 0.5)
                    }
                }
            }
        }
        let text = registry.exposition()
        #expect(text.contains("t_seconds_count 40000\n"))
        #expect(text.contains("t_seconds_sum 40000\n"))
        #expect(text.contains("f_total 20000\n"))
    }
}
