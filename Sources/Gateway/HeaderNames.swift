import HTTPTypes

/// The headers of the hub's contract, made once. Each text is a valid name; what stands for a name that were not one
/// would never be read.
extension HTTPField.Name {
    static let apiKey = named("X-Api-Key")
    static let agentID = named("X-Agent-Id")
    static let clientCert = named("Client-Cert")
    static let dpop = named("DPoP")
    static let delegationID = named("X-Delegation-Id")
    static let purpose = named("X-Purpose")
    static let caseReference = named("X-Case-Reference")
    static let purposeLimit = named("X-Purpose-Quota-Limit")
    static let purposeRemaining = named("X-Purpose-Quota-Remaining")
    static let purposeReset = named("X-Purpose-Quota-Reset")
    static let purposeWarning = named("X-Purpose-Quota-Warning")
    static let requestID = named("X-Request-Id")
    static let forwardedFor = named("X-Forwarded-For")
    static let responseCached = named("X-Response-Cached")
    static let cacheExpiresIn = named("X-Cache-Expires-in")
    static let rateLimit = named("RateLimit-Limit")
    static let rateLimitRemaining = named("RateLimit-Remaining")
    static let rateLimitReset = named("RateLimit-Reset")
    static let frameOptions = named("X-Frame-Options")
    static let runtime = named("X-Runtime")
    static let ledgerEntry = named("X-Ledger-Entry")
    static let generateProof = named("X-Generate-Proof")
    static let robots = named("X-Robots-Tag")
    static let referrerPolicy = named("Referrer-Policy")

    private static func named(_ text: String) -> HTTPField.Name { HTTPField.Name(text) ?? .from }
}
