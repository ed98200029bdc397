import HTTPTypes

/// The headers of the hub's answers. A number each: a name of the library is two texts, counted at every copy.
public enum HeaderName: String, Sendable, CaseIterable {
    case accessControlAllowOrigin = "Access-Control-Allow-Origin"
    case allow = "Allow"
    case cacheControl = "Cache-Control"
    case cacheExpiresIn = "X-Cache-Expires-in"
    case contentDisposition = "Content-Disposition"
    case contentSecurityPolicy = "Content-Security-Policy"
    case frameOptions = "X-Frame-Options"
    case ledgerEntry = "X-Ledger-Entry"
    case purposeLimit = "X-Purpose-Quota-Limit"
    case purposeRemaining = "X-Purpose-Quota-Remaining"
    case purposeReset = "X-Purpose-Quota-Reset"
    case purposeWarning = "X-Purpose-Quota-Warning"
    case rateLimit = "RateLimit-Limit"
    case rateLimitRemaining = "RateLimit-Remaining"
    case rateLimitReset = "RateLimit-Reset"
    case requestID = "X-Request-Id"
    case responseCached = "X-Response-Cached"
    case retryAfter = "Retry-After"
    case robots = "X-Robots-Tag"
    case runtime = "X-Runtime"
    case strictTransportSecurity = "Strict-Transport-Security"
    case vary = "Vary"
    case wwwAuthenticate = "WWW-Authenticate"
    case xContentTypeOptions = "X-Content-Type-Options"

    /// The name as the library of HTTP types has it.
    var field: HTTPField.Name? { HTTPField.Name(rawValue) }
}

/// Headers that the library does not name. Each text is a valid name; what stands for a name that were not one would
/// never be read.
extension HTTPField.Name {
    static let dpop = named("DPoP")
    static let robots = named("X-Robots-Tag")
    static let referrerPolicy = named("Referrer-Policy")

    private static func named(_ text: String) -> HTTPField.Name { HTTPField.Name(text) ?? .from }
}
