/// A small extract of the official geographic code (INSEE, Licence Ouverte 2.0) with one postcode for each commune:
/// `code|name|département|postcode`. The fictional people are born and live here.
let communeTable = """
    00001|Essai-la-Ville|00|00100
    02691|Saint-Quentin|02|02100
    05124|La Rochette|05|05000
    06004|Antibes|06|06160
    06088|Nice|06|06000
    08480|Villers-Semeuse|08|08000
    10387|Troyes|10|10000
    11069|Carcassonne|11|11000
    11262|Narbonne|11|11100
    13001|Aix-en-Provence|13|13080
    13055|Marseille|13|13001
    13201|Marseille 1er Arrondissement|13|13001
    13202|Marseille 2e Arrondissement|13|13002
    13203|Marseille 3e Arrondissement|13|13003
    13204|Marseille 4e Arrondissement|13|13004
    13205|Marseille 5e Arrondissement|13|13005
    13206|Marseille 6e Arrondissement|13|13006
    13207|Marseille 7e Arrondissement|13|13007
    13208|Marseille 8e Arrondissement|13|13008
    13209|Marseille 9e Arrondissement|13|13009
    13210|Marseille 10e Arrondissement|13|13010
    13211|Marseille 11e Arrondissement|13|13011
    13212|Marseille 12e Arrondissement|13|13012
    13213|Marseille 13e Arrondissement|13|13013
    13214|Marseille 14e Arrondissement|13|13014
    13215|Marseille 15e Arrondissement|13|13015
    13216|Marseille 16e Arrondissement|13|13016
    14118|Caen|14|14000
    15014|Aurillac|15|15000
    17300|La Rochelle|17|17000
    18033|Bourges|18|18000
    19031|Brive-la-Gaillarde|19|19100
    21231|Dijon|21|21000
    23096|Guéret|23|23000
    25056|Besançon|25|25000
    26279|La Rochette-du-Buis|26|26170
    26362|Valence|26|26000
    27229|Évreux|27|27000
    29019|Brest|29|29200
    29232|Quimper|29|29000
    2A004|Ajaccio|2A|20000
    2B033|Bastia|2B|20200
    30007|Alès|30|30100
    30189|Nîmes|30|30000
    31555|Toulouse|31|31000
    33063|Bordeaux|33|33000
    33281|Mérignac|33|33700
    34032|Béziers|34|34500
    34172|Montpellier|34|34000
    35238|Rennes|35|35000
    35288|Saint-Malo|35|35400
    37261|Tours|37|37000
    38185|Grenoble|38|38000
    41018|Blois|41|41000
    42218|Saint-Étienne|42|42000
    44109|Nantes|44|44000
    44184|Saint-Nazaire|44|44600
    45234|Orléans|45|45000
    48095|Mende|48|48000
    49007|Angers|49|49000
    49099|Cholet|49|49300
    50129|Cherbourg-en-Cotentin|50|50100
    51454|Reims|51|51100
    52121|Chaumont|52|52000
    53130|Laval|53|53000
    54395|Nancy|54|54000
    56121|Lorient|56|56100
    56260|Vannes|56|56000
    57463|Metz|57|57000
    58194|Nevers|58|58000
    59350|Lille|59|59000
    59599|Tourcoing|59|59200
    60057|Beauvais|60|60000
    62193|Calais|62|62100
    63113|Clermont-Ferrand|63|63000
    64102|Bayonne|64|64100
    64445|Pau|64|64000
    66136|Perpignan|66|66000
    67482|Strasbourg|67|67000
    68066|Colmar|68|68000
    68224|Mulhouse|68|68100
    69123|Lyon|69|69001
    69266|Villeurbanne|69|69100
    69381|Lyon 1er Arrondissement|69|69001
    69382|Lyon 2e Arrondissement|69|69002
    69383|Lyon 3e Arrondissement|69|69003
    69384|Lyon 4e Arrondissement|69|69004
    69385|Lyon 5e Arrondissement|69|69005
    69386|Lyon 6e Arrondissement|69|69006
    69387|Lyon 7e Arrondissement|69|69007
    69388|Lyon 8e Arrondissement|69|69008
    69389|Lyon 9e Arrondissement|69|69009
    72181|Le Mans|72|72000
    73065|Chambéry|73|73000
    74010|Annecy|74|74000
    75056|Paris|75|75001
    75101|Paris 1er Arrondissement|75|75001
    75102|Paris 2e Arrondissement|75|75002
    75103|Paris 3e Arrondissement|75|75003
    75104|Paris 4e Arrondissement|75|75004
    75105|Paris 5e Arrondissement|75|75005
    75106|Paris 6e Arrondissement|75|75006
    75107|Paris 7e Arrondissement|75|75007
    75108|Paris 8e Arrondissement|75|75008
    75109|Paris 9e Arrondissement|75|75009
    75110|Paris 10e Arrondissement|75|75010
    75111|Paris 11e Arrondissement|75|75011
    75112|Paris 12e Arrondissement|75|75012
    75113|Paris 13e Arrondissement|75|75013
    75114|Paris 14e Arrondissement|75|75014
    75115|Paris 15e Arrondissement|75|75015
    75116|Paris 16e Arrondissement|75|75016
    75117|Paris 17e Arrondissement|75|75017
    75118|Paris 18e Arrondissement|75|75018
    75119|Paris 19e Arrondissement|75|75019
    75120|Paris 20e Arrondissement|75|75020
    76351|Le Havre|76|76600
    76540|Rouen|76|76000
    77108|Chelles|77|77500
    77284|Meaux|77|77100
    77389|La Rochette|77|77000
    78586|Sartrouville|78|78500
    78646|Versailles|78|78000
    79191|Niort|79|79000
    80021|Amiens|80|80000
    81004|Albi|81|81000
    82121|Montauban|82|82000
    83126|La Seyne-sur-Mer|83|83500
    83137|Toulon|83|83000
    84007|Avignon|84|84000
    85191|La Roche-sur-Yon|85|85000
    85194|Les Sables-d'Olonne|85|85100
    86194|Poitiers|86|86000
    87085|Limoges|87|87000
    90010|Belfort|90|90000
    91174|Corbeil-Essonnes|91|91100
    91228|Évry-Courcouronnes|91|91000
    92012|Boulogne-Billancourt|92|92100
    92050|Nanterre|92|92000
    93048|Montreuil|93|93100
    93066|Saint-Denis|93|93200
    94028|Créteil|94|94000
    94081|Vitry-sur-Seine|94|94400
    95018|Argenteuil|95|95100
    95127|Cergy|95|95000
    97101|Les Abymes|971|97139
    97105|Basse-Terre|971|97100
    97209|Fort-de-France|972|97200
    97302|Cayenne|973|97300
    97311|Saint-Laurent-du-Maroni|973|97320
    97411|Saint-Denis|974|97400
    97415|Saint-Paul|974|97411
    """
