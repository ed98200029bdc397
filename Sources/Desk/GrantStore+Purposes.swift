import Storage
import Values

extension GrantStore {
    /// Declares a purpose of a grant, or declares it anew: within a second calls are decided by it in every process.
    ///
    /// The counts of a purpose outlive its changes; where the period of its quota changes, the count of the new period
    /// begins with the change. One that becomes the default takes the place of the former.
    /// - Throws: `DeskError`: unknown, revoked or expired grant, invalid purpose, or a default that would be lost.
    @discardableResult
    public func declare(_ purpose: Purpose, of id: Grant.ID) async throws -> Grant {
        try purpose.validate()
        return try await edit(id) { grant in
            if purpose.isDefault { for index in grant.purposes.indices { grant.purposes[index].isDefault = false } }
            grant.purposes.removeAll { $0.id == purpose.id }
            grant.purposes.append(purpose)
            guard grant.defaultPurpose != nil else {
                throw DeskError.invalidPurpose("calls that name none need it: make another one the default")
            }
        }
    }

    /// Takes a purpose from a grant: calls that name it are refused.
    /// - Throws: `DeskError`: unknown, revoked or expired grant, unknown purpose, the default one, or one that a living
    ///   token calls under.
    @discardableResult
    public func remove(purpose: Purpose.ID, of id: Grant.ID) async throws -> Grant {
        try await edit(id) { grant in
            guard let known = grant.purposes.first(where: { $0.id == purpose }) else {
                throw DeskError.unknownPurpose(purpose)
            }
            guard !known.isDefault else { throw DeskError.invalidPurpose("calls that name none need it") }
            grant.purposes.removeAll { $0.id == purpose }
        }
    }

    private func edit(_ id: Grant.ID, _ edit: @escaping @Sendable (inout Grant) throws -> Void) async throws -> Grant {
        try await change(of: { .grant($0.id) }) { connection, now in
            try connection.execute(PurposeSQL.complete)
            var grant = try Self.living(id, now, connection)
            let before = grant.purposes
            try edit(&grant)
            for gone in before where !grant.purposes.contains(where: { $0.id == gone.id }) {
                guard try connection.query(PurposeSQL.tokensOf, [.text(id), .text(gone.id)]).isEmpty else {
                    throw DeskError.invalidPurpose("a token calls under it")
                }
                try connection.execute(PurposeSQL.remove, [.text(id), .text(gone.id)])
            }
            try Self.write(grant, connection)
            return try Self.living(id, now, connection)
        }
    }

    /// Keeps the purposes of a grant that has a row already.
    static func write(_ grant: Grant, _ connection: any SQLConnection) throws {
        for purpose in grant.purposes { try connection.execute(PurposeSQL.insert, purpose.values(of: grant.id)) }
        try connection.execute(PurposeSQL.title, [.text(grant.id), .text(grant.defaultPurpose?.title ?? "")])
    }
}
