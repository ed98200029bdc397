extension AnswerPlan {
    /// Whether a key stands for an address of a provider's.
    var sealsAddresses: Bool {
        [data, links, meta, collection?.links, collection?.meta].contains { $0?.sealsAddresses ?? false }
            || source?.plan.sealsAddresses ?? false
    }
}

extension Structure {
    fileprivate var sealsAddresses: Bool {
        choices.contains(where: \.structure.sealsAddresses)
            || fields.contains { field in
                switch field.value {
                case .leaf(let leaf, _), .values(let leaf, _): leaf == .proxied
                case .object(_, let inner), .list(_, let inner, _): inner.sealsAddresses
                case .choice(let choices): choices.contains(where: \.structure.sealsAddresses)
                }
            }
    }
}
