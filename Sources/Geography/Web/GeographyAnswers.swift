import Values

/// Answers the questions that API Géo (geo.api.gouv.fr) answers, at the same paths and in the same form.
struct GeographyAnswers: Sendable {
    let gazetteer: Gazetteer

    /// - Parameter path: the segments after `/geo`.
    func reply(_ path: [String], _ parameters: Parameters) -> Reply {
        do throws(Parameters.Refused) {
            let found: Reply? =
                switch (path.first, path.count) {
                case ("communes", 1): try communes(CommuneSearch(parameters), parameters)
                case ("communes", 2): try commune(path[1], parameters)
                case ("epcis", _): try epcis(path, parameters)
                case ("departements", _): try departments(path, parameters)
                case ("regions", _): try regions(path, parameters)
                default: nil
                }
            return found ?? Reply(refused: 404, "Cette adresse ou ce code n'existe pas.")
        } catch {
            return Reply(refused: 400, error.message)
        }
    }

    // MARK: - Communes

    private func communes(_ search: CommuneSearch, _ parameters: Parameters) throws(Parameters.Refused) -> Reply {
        if search.point != nil, !gazetteer.knowsCentres {
            throw Parameters.Refused(message: "Les coordonnées des communes ne sont pas dans les données chargées.")
        }
        let isGeoJSON = try isGeoJSON(parameters)
        if isGeoJSON, search.isOpen {
            throw Parameters.Refused(message: "Un critère de recherche est obligatoire avec format=geojson.")
        }
        let found = gazetteer.communes(search).prefix(try parameters.limit())
        let (fields, gazetteer) = (PlaceFields(parameters, usual: PlaceFields.ofCommune), gazetteer)
        guard isGeoJSON else { return Reply(found) { fields.object($0, in: gazetteer) } }
        var reply = Reply(found) { Self.feature($0.place, fields.object($0, in: gazetteer)) }
        reply.mediaType = Reply.geoJSON
        (reply.opening, reply.closing) = (#"{"type":"FeatureCollection","features":["#, "]}")
        return reply
    }

    private func commune(_ code: String, _ parameters: Parameters) throws(Parameters.Refused) -> Reply? {
        let isGeoJSON = try isGeoJSON(parameters)
        let former = gazetteer.commune(code) == nil ? gazetteer.former(code) : nil
        if let former, former.successors.count > 1 {
            return Reply(
                refused: 404,
                "La commune \(code) a été partagée le \(former.replaced) entre \(former.successors.joined(separator: ", "))."
            )
        }
        guard let commune = gazetteer.commune(former?.successors.first ?? code) else { return nil }
        let fields = PlaceFields(parameters, usual: PlaceFields.ofCommune)
        var members = fields.object(Found(place: commune), in: gazetteer).members ?? []
        if let former {
            members += [.init("ancienCode", .string(former.code)), .init("remplaceLe", .string(former.replaced))]
        }
        guard isGeoJSON else { return Reply(.object(members)) }
        var reply = Reply(Self.feature(commune, .object(members)))
        reply.mediaType = Reply.geoJSON
        return reply
    }

    /// A place whose centre is not known has no geometry (RFC 7946 §3.2).
    private static func feature(_ commune: Commune, _ object: JSON) -> JSON {
        let properties = (object.members ?? []).filter { $0.key != "centre" }
        return ["type": "Feature", "geometry": commune.centre?.point ?? .null, "properties": .object(properties)]
    }

    private func isGeoJSON(_ parameters: Parameters) throws(Parameters.Refused) -> Bool {
        _ = try parameters.choice("geometry", among: ["centre"])
        return try parameters.choice("format", among: ["json", "geojson"]) == "geojson"
    }

    // MARK: - Other places

    private func epcis(_ path: [String], _ parameters: Parameters) throws(Parameters.Refused) -> Reply? {
        let (fields, gazetteer) = (PlaceFields(parameters, usual: PlaceFields.ofEpci), gazetteer)
        guard path.count > 1 else {
            let found = try places(gazetteer.code.epcis, gazetteer.epciNames, parameters) { _ in true }
            return try list(found, parameters) { fields.object($0, in: gazetteer) }
        }
        guard let epci = gazetteer.epci(path[1]) else { return nil }
        if path.count == 2 { return Reply(fields.object(Found(place: epci), in: gazetteer)) }
        var search = CommuneSearch()
        search.epci = epci.code
        return try path[2...] == ["communes"] ? communes(search, parameters) : nil
    }

    private func departments(_ path: [String], _ parameters: Parameters) throws(Parameters.Refused) -> Reply? {
        let (fields, gazetteer) = (PlaceFields(parameters, usual: PlaceFields.ofDepartment), gazetteer)
        guard path.count > 1 else {
            let (zones, region) = (try parameters.zones(), parameters["codeRegion"])
            let isNamed = parameters["code"] != nil || region != nil
            let found = try places(gazetteer.code.departments, gazetteer.departmentNames, parameters) { department in
                (isNamed || zones.contains(department.zone)) && (region.map { $0 == department.region } ?? true)
            }
            return try list(found, parameters) { fields.object($0, in: gazetteer) }
        }
        guard let department = gazetteer.department(path[1]) else { return nil }
        if path.count == 2 { return Reply(fields.object(Found(place: department), in: gazetteer)) }
        var search = CommuneSearch()
        search.department = department.code
        return try path[2...] == ["communes"] ? communes(search, parameters) : nil
    }

    private func regions(_ path: [String], _ parameters: Parameters) throws(Parameters.Refused) -> Reply? {
        let (fields, gazetteer) = (PlaceFields(parameters, usual: []), gazetteer)
        guard path.count > 1 else {
            let zones = try parameters.zones()
            let found = try places(gazetteer.code.regions, gazetteer.regionNames, parameters) {
                zones.contains($0.zone)
            }
            return try list(found, parameters) { fields.object($0) }
        }
        guard let region = gazetteer.region(path[1]) else { return nil }
        if path.count == 2 { return Reply(fields.object(Found(place: region))) }
        guard path[2...] == ["departements"] else { return nil }
        let departments = gazetteer.code.departments.filter { $0.region == region.code }.map { Found(place: $0) }
        let ofDepartment = PlaceFields(parameters, usual: PlaceFields.ofDepartment)
        return try list(departments, parameters) { ofDepartment.object($0, in: gazetteer) }
    }

    /// The places of that code and name among those that are wanted.
    private func places<Item: Place>(
        _ items: [Item], _ names: NameIndex, _ parameters: Parameters, where isWanted: (Item) -> Bool
    ) throws(Parameters.Refused) -> [Found<Item>] {
        let (code, name) = (parameters["code"], try parameters.name())
        let wanted = items.indices.filter { isWanted(items[$0]) && (code == nil || items[$0].code == code) }
        guard let name else { return wanted.map { Found(place: items[$0]) } }
        return gazetteer.ranked(wanted, items, names, name)
    }

    private func list<Item: Sendable>(
        _ found: [Found<Item>], _ parameters: Parameters, _ object: @escaping @Sendable (Found<Item>) -> JSON
    ) throws(Parameters.Refused) -> Reply {
        _ = try parameters.choice("format", among: ["json"])
        return Reply(found.prefix(try parameters.limit()), object)
    }
}
