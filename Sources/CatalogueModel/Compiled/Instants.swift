extension Field {
    /// Whether the value is a day that the contract writes in seconds since 1970 (midnight in Paris).
    public var isEpoch: Bool {
        guard case .leaf(.integer, let expression) = value else { return false }
        return expression.isEpoch
    }
}

extension Expression {
    fileprivate var isEpoch: Bool {
        switch self {
        case .apply(.simple(.epochParis), _): true
        case .alternatives(let options): options.contains(where: \.isEpoch)
        case .choice(let branches): branches.contains(where: \.value.isEpoch)
        default: false
        }
    }
}
