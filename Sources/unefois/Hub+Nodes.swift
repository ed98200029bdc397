import DataProviders
import Desk
import Foundation
import Gateway
import Nodes
import Storage
import Values

/// A hub among others on one database.
extension Hub {
    /// Enters under a name; nil where the database is this node's alone.
    static func enter(_ database: any SQLDatabase, _ name: String?) async throws -> NodePresence? {
        guard database.isShared else { return nil }
        return try await NodePresence.enter(database, name: name ?? ProcessInfo.processInfo.hostName)
    }

    /// What keeps this node in step with the others, each until cancelled; nothing where it is alone.
    var nodeLoops: [@Sendable () async throws -> Void] {
        guard let node else { return [] }
        gateway.limiter.share()
        let counts = SharedCounts(
            database: store.database, limiter: gateway.limiter, node: node.process, clock: clock,
            purges: { node.isAtWork })
        let quotas = quotas as? SharedQuotas
        return [
            { try await node.run() }, { try await counts.run() }, { if let quotas { try await quotas.run() } },
            { try await self.followKeys() },
        ]
    }

    /// Takes the keys of other nodes as they are told, and makes those of the coming week, until cancelled.
    private func followKeys() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask {
                while !Task.isCancelled {
                    try await Task.sleep(for: .seconds(60))
                    if self.node?.isAtWork ?? true {
                        do { try await self.folder.makeComingKeys(self.clock) } catch {
                            self.logger.error("clés à venir : \(error)")
                        }
                    }
                    await self.refreshKeys()
                }
            }
            if let notices = store.database.notices(of: SharedKeys.topic) {
                group.addTask { for await _ in notices { await self.refreshKeys() } }
            }
        }
    }

    /// Verifies tokens by the keys that there are now.
    func refreshKeys() async {
        do {
            _ = try await sharedKeys?.exchange()
        } catch {
            if !Task.isCancelled { logger.error("clés non échangées avec les autres nœuds : \(error)") }
        }
        do {
            let keys = try await SigningKeys.open(folder.signingKeys)
            try await gateway.use(keys.ring, newest: keys.newest)
        } catch {
            logger.error("clés de signature illisibles, les anciennes restent en usage : \(error)")
        }
    }

    /// Gives back what other nodes may have.
    func leaveNodes() async {
        await (quotas as? SharedQuotas)?.close()
        await node?.leave()
    }
}
