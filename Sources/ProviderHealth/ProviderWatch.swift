import CatalogueModel
import Foundation
import Logging
import Metrics
import Synchronization
import Values

/// Looks at every provider once a minute, and knows how each is, was and will be.
///
/// What it knows is in memory: pages and pings never wait for the database. Providers in maintenance and those that
/// the breaker spares are not asked.
public final class ProviderWatch: Sendable {
    /// How often it looks.
    public static let interval = Duration.seconds(60)

    private let catalogue: @Sendable () -> CompiledCatalogue
    private let examiner: any SourceExamining
    private let spared: @Sendable () -> [String]
    private let isLooking: @Sendable () -> Bool
    private let store: HealthStore
    private let clock: WallClock
    private let logger = Logger(label: "unefois.fournisseurs")
    private let known = Mutex(HealthHistory())

    /// - Parameters:
    ///   - catalogue: gives the catalogue served now.
    ///   - spared: identifiers of the providers that are not to be called now, after failures in a row.
    ///   - isLooking: false while another node looks, and this one reads what it finds.
    public init(
        catalogue: @escaping @Sendable () -> CompiledCatalogue, examiner: any SourceExamining,
        spared: @escaping @Sendable () -> [String], isLooking: @escaping @Sendable () -> Bool = { true },
        store: HealthStore, clock: WallClock
    ) {
        self.catalogue = catalogue
        self.examiner = examiner
        self.spared = spared
        self.isLooking = isLooking
        self.store = store
        self.clock = clock
    }

    /// Reads what was known before the process began.
    public func load() async throws {
        let history = try await store.history()
        known.withLock { $0 = history }
    }

    /// Looks every minute until cancelled.
    public func run() async throws {
        do { try await load() } catch { logger.error("l'historique des fournisseurs est illisible : \(error)") }
        // The first look comes soon, so that the pings of a fresh process have something to say.
        var spread = Duration.seconds(1)
        while !Task.isCancelled {
            let began = ContinuousClock.now
            if isLooking() { await round(spread: spread) } else { try? await load() }
            spread = .seconds(10)
            let jitter = Duration.milliseconds(Int.random(in: -3000...3000))
            try await Task.sleep(until: began.advanced(by: Self.interval + jitter), clock: .continuous)
        }
    }

    /// Looks at every provider once: the providers at the same time, the sources of one after another.
    /// - Parameter spread: each provider waits for a random part of it, so that they are not all asked at once.
    public func round(spread: Duration = .zero) async {
        let catalogue = catalogue()
        let findings = await withTaskGroup(of: [HealthStore.Finding].self) { group in
            for provider in catalogue.observedProviders {
                group.addTask {
                    if spread > .zero { try? await Task.sleep(for: spread * Double.random(in: 0..<1)) }
                    return await self.examine(provider, catalogue)
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        guard !Task.isCancelled else { return }
        await record(findings.sorted { $0.source.provider < $1.source.provider })
    }

    private func examine(
        _ provider: ProviderDescription, _ catalogue: CompiledCatalogue
    ) async -> [HealthStore.Finding] {
        var findings: [HealthStore.Finding] = []
        for source in provider.pings where !Task.isCancelled {
            let state: HealthState
            if provider.maintenances.end(for: source.apis(catalogue), at: clock.now()) != nil {
                state = .maintenance
            } else if spared().contains(provider.id) {
                state = .down
            } else {
                state = await examiner.examine(source, of: provider, catalogue)
            }
            findings.append(.init(.init(provider: provider.id, name: source.name), state))
        }
        guard !findings.contains(where: \.source.isWhole) else { return findings }
        let whole = HealthState(ofParts: findings.map(\.state))
        return findings + [.init(.init(provider: provider.id, name: provider.id), whole)]
    }

    private func record(_ findings: [HealthStore.Finding]) async {
        let now = clock.now()
        for finding in findings where finding.source.isWhole {
            Gauge(label: "unefois_provider_failing", dimensions: [("provider", finding.source.provider)])
                .record(finding.state.isBad ? 1 : 0)
        }
        do {
            let history = try await store.record(findings, at: now)
            known.withLock { $0 = history }
        } catch {
            logger.error("l'état des fournisseurs n'a pas pu être gardé", metadata: ["reason": "\(error)"])
            known.withLock { known in
                for finding in findings {
                    var record = known.records[finding.source] ?? HealthRecord(first: finding.state, at: now)
                    _ = record.find(finding.state, at: now)
                    known.records[finding.source] = record
                }
            }
        }
    }

    // MARK: - What is known

    /// What is known now of a source; nil where there is none of that name.
    /// - Parameter name: the provider's own name for the provider as a whole.
    public func present(_ provider: ProviderDescription, _ name: String) -> PresentState? {
        let sources = provider.pings.filter { $0.name == name || name == provider.id }
        guard !sources.isEmpty else { return nil }
        let (catalogue, now) = (catalogue(), clock.now())
        let records = known.withLock { $0.records }
        let ends = sources.map { provider.maintenances.end(for: $0.apis(catalogue), at: now) }
        let isSpared = spared().contains(provider.id)
        let states = zip(sources, ends).map { source, end -> HealthState in
            if end != nil { return .maintenance }
            if isSpared { return .down }
            let record = records[.init(provider: provider.id, name: source.name)]
            guard let record, now.timeIntervalSince(record.updated) <= HealthRecord.patience,
                record.state != .maintenance
            else { return .unknown }
            return record.state
        }
        let state = HealthState(ofParts: states)
        let record = records[.init(provider: provider.id, name: name)]
        return PresentState(
            state: state, updated: record?.updated, lastOK: record?.lastOK,
            until: state == .maintenance ? ends.compactMap(\.self).max() : nil)
    }

    /// Everything for the public page.
    public func report() -> StatusReport {
        let (catalogue, now) = (catalogue(), clock.now())
        let history = known.withLock { $0 }
        let providers = catalogue.observedProviders.compactMap { provider in
            present(provider, provider.id).map { status(provider, $0, history, now, catalogue) }
        }
        return StatusReport(
            generated: now,
            providers: providers.sorted { ($0.title.lowercased(), $0.id) < ($1.title.lowercased(), $1.id) })
    }

    private func status(
        _ provider: ProviderDescription, _ present: PresentState, _ history: HealthHistory, _ now: Date,
        _ catalogue: CompiledCatalogue
    ) -> StatusReport.Provider {
        let today = Paris.date(at: now)
        let first = HealthHistory.firstDay(on: today)
        let tallies = history.tallies[provider.id] ?? [:]
        return StatusReport.Provider(
            id: provider.id, title: provider.title, present: present,
            sources: provider.pings.compactMap { source in
                self.present(provider, source.name).map {
                    .init(name: source.name, how: source.driver.kind, present: $0)
                }
            },
            days: (0..<HealthHistory.days).map { offset in
                let day = first.adding(days: offset)
                return .init(day: day, tally: tallies[day] ?? DayTally())
            },
            incidents: history.incidents.filter { $0.provider == provider.id },
            upcoming: provider.maintenances.upcoming(after: now),
            issues: (provider.knownIssues + catalogue.knownIssues(of: provider)).filter { $0.isCurrent(on: today) })
    }
}

extension PingSource {
    /// The APIs whose state it tells; none stands for the provider as a whole.
    func apis(_ catalogue: CompiledCatalogue) -> Set<String> {
        switch driver {
        case .call(let operation, _): catalogue.operation(operation).map { [$0.api.id] } ?? []
        case .request: []
        case .calls(let apis): apis
        }
    }
}

extension CompiledCatalogue {
    /// The providers that can be looked at, by their identifiers. Those without an address are this hub itself, and
    /// the hubs that may stand in the place of the others.
    var observedProviders: [ProviderDescription] {
        providers.values.filter { !$0.addresses.isEmpty }.sorted { $0.id < $1.id }
    }

    /// What does not work as it should in the APIs of a provider.
    fileprivate func knownIssues(of provider: ProviderDescription) -> [KnownIssue] {
        apis.compactMap { api in
            guard api.provider == provider.id, let issue = api.knownIssue else { return nil }
            return KnownIssue(since: issue.date, text: "\(api.title) : \(issue.text)")
        }
    }
}
