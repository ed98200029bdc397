import Foundation
import Hummingbird
import Ledger
import Values

/// Which records the holder of a token may read: those of its grant, or of a vendor's own token.
public struct RecordAccess: Sendable {
    private let grant: Grant.ID?
    private let token: String

    init(_ holder: Credentials.Holder) {
        switch holder {
        case .organisation(let right): (grant, token) = (right.grant.id, right.token.id)
        case .vendor(let right): (grant, token) = (nil, right.token.id)
        }
    }

    public func reads(_ record: CallRecord) -> Bool { grant.map { $0 == record.grant } ?? (token == record.token) }
}

extension Gateway {
    /// The code of a refusal.
    public struct TokenRefusal: Error { public let code: String }

    /// Whose records the holder of a token may read that is typed into a page.
    public func recordAccess(
        _ token: Redacted<String>, from address: String?, now: Date
    ) async -> Result<RecordAccess, TokenRefusal> {
        await recordAccess(
            of: Call(
                method: "GET", path: "/explain", query: QueryParameters(""), bearer: token, apiKey: nil, requestID: nil,
                remoteAddress: address, wantsFresh: false), now: now)
    }

    /// Whose records the holder of a request's token may read.
    public func recordAccess(of request: Request, now: Date) async -> Result<RecordAccess, TokenRefusal> {
        await recordAccess(of: Call(request), now: now)
    }

    private func recordAccess(of call: Call, now: Date) async -> Result<RecordAccess, TokenRefusal> {
        do throws(Credentials.Refused) {
            return .success(RecordAccess(try await holder(call, snapshot, now)))
        } catch {
            return .failure(TokenRefusal(code: error.code))
        }
    }
}
