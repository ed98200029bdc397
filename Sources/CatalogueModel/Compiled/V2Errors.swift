/// The rule by which v2 of the API on persons tells the errors of later versions (API Particulier v2).
public enum V2Errors {
    /// Status and `error` of v2 for an error of that status and code in later versions.
    public static func form(_ status: Int, _ code: String) -> (status: Int, name: String) {
        switch status {
        case 401, 403: (401, "access_denied")
        case 404: (404, "not_found")
        case 409: (409, "conflict")
        case 422: (400, "bad_request")
        case 502 where code.hasSuffix("999"): (503, "provider_unknown_error")
        case 502: (503, "data_provider_error")
        case 503: (503, "maintenance_error")
        case 504: (504, "timeout_error")
        default: (status, "internal_error")
        }
    }
}
