import Foundation
import Logging
import Storage
import Synchronization

/// This process among those of one database: its name, and whether it is the one that does the common work.
///
/// The common work (purges, looking at providers) is done by one process at a time; another takes over within 10 s of
/// its end. Each process has a number of its own, so that one started anew inherits nothing from its predecessor.
public final class NodePresence: Sendable {
    /// The operator's name for the machine.
    public let name: String
    /// Name and random number of this process.
    public let process: String
    private let presence: Lease
    private let work: Lease
    private let workUntil = Mutex<ContinuousClock.Instant?>(nil)
    private let logger = Logger(label: "unefois.noeuds")

    /// How long a process counts as alive after its last sign, in seconds.
    static let lasting = 10.0

    public struct NameTaken: Error, CustomStringConvertible {
        let name: String
        public var description: String {
            "un nœud nommé « \(name) » tourne déjà sur cette base : donnez à chacun son nom (réglage node)"
        }
    }

    /// Enters; a predecessor of the same name that has ended without a word is waited for.
    /// - Throws: `NameTaken`; `SQLError`.
    public static func enter(_ database: any SQLDatabase, name: String) async throws -> NodePresence {
        let node = NodePresence(database, name: name)
        guard try await node.presence.take(within: .seconds(lasting + 2)) else { throw NameTaken(name: name) }
        try await node.renew()
        return node
    }

    private init(_ database: any SQLDatabase, name: String) {
        self.name = name
        process = name + "-" + UUID().uuidString.lowercased().prefix(8)
        presence = Lease(database: database, name: "node:" + name, holder: process, lasting: Self.lasting)
        work = Lease(database: database, name: "work", holder: process, lasting: Self.lasting)
    }

    /// True while the common work is this process's.
    public var isAtWork: Bool { workUntil.withLock { $0.map { $0 > .now } ?? false } }

    /// Renews both every two seconds until cancelled.
    public func run() async throws {
        while !Task.isCancelled {
            do { try await renew() } catch {
                if !Task.isCancelled { logger.warning("la base ne répond pas", metadata: ["reason": "\(error)"]) }
            }
            try await Task.sleep(for: .seconds(2))
        }
    }

    private func renew() async throws {
        // Counted from before the question: the lease ends here no later than there.
        let end = ContinuousClock.now + .seconds(Self.lasting - 1)
        if try await !presence.take() {
            logger.error("un autre nœud porte le nom de celui-ci", metadata: ["node": "\(name)"])
        }
        let isMine = try await work.take()
        let wasMine = isAtWork
        workUntil.withLock { $0 = isMine ? end : nil }
        if isMine, !wasMine { logger.notice("ce nœud fait le travail commun", metadata: ["node": "\(name)"]) }
    }

    /// Leaves: another may take over at once.
    public func leave() async {
        workUntil.withLock { $0 = nil }
        try? await work.release()
        try? await presence.release()
    }
}
