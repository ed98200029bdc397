import Values

extension Population {
    /// Every subject of that kind with whom the fields agree.
    func subjects(_ kind: SubjectKind, _ fields: [String: JSON]) -> [JSON] {
        switch kind {
        case .person: persons(fields).map(facts(ofPerson:))
        case .company: company(fields).map { [$0] } ?? []
        }
    }

    enum SubjectKind { case person, company }

    /// By one identifier (`number`, `ine`, `plate`, `tax-number`, `login`), or by civil status.
    private func persons(_ fields: [String: JSON]) -> [Int] {
        func known(_ index: Int?) -> [Int] { index.map { people.indices.contains($0) ? [$0] : [] } ?? [] }
        if let number = fields["number"]?.int { return known(number - 1) }
        if let ine = fields["ine"]?.text { return known(student(ine)?.person) }
        if let plate = fields["plate"]?.text { return known(Identifiers.person(plate: plate)) }
        if let number = fields["tax-number"]?.text { return known(Identifiers.person(taxNumber: number)) }
        if let login = fields["login"]?.text {
            return known(Identifiers.person(login: login)).filter { Identifiers.login($0, people[$0]) == login }
        }
        let names = fields["first-names"]
        let identity = Identity(
            name: fields["name"]?.text,
            firstNames: names?.items?.compactMap(\.text) ?? names?.text.map { [$0] } ?? [],
            birth: fields["birth"]?.text.flatMap { CivilDate($0) }, sex: fields["sex"]?.text,
            commune: fields["commune"]?.text, communeName: fields["commune-name"]?.text,
            department: fields["department"]?.text, country: fields["country"]?.text)
        return people(like: identity)
    }

    /// By a SIREN, a SIRET or an association's number.
    private func company(_ fields: [String: JSON]) -> JSON? {
        guard let number = fields["number"]?.text else { return nil }
        let siren = Company.siren(ofAssociation: number) ?? String(number.prefix(9))
        guard let index = companyIndex(siren) else { return nil }
        let company = companies[index]
        if number.hasPrefix("W"), !company.isAssociation { return nil }
        if number.utf8.count == 14, !company.establishments.contains(where: { company.siret($0) == number }) {
            return nil
        }
        return facts(ofCompany: index, siret: number.utf8.count == 14 ? number : nil)
    }
}
