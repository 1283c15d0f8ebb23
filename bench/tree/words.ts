const list = (text: string): string[] => text.trim().split(/\s+/)

export const surnames =
  list(`Ahlers Bauer Brandt Busch Carstens Conrad Dietz Ebert Engel Falk Fischer Frank Fuchs Gerber Graf Haas Hahn Hansen
  Hartmann Heinrich Hoffmann Huber Jansen Jung Kaiser Keller Koch Kraus Kramer Lang Lehmann Lindner Lorenz Ludwig Maier Martens Mertens Meyer
  Moser Neumann Nordmann Otto Peters Pohl Reuter Richter Roth Sauer Schreiber Seidel Simon Sommer Stein Thomsen Vogel Wagner Walter Winter
  Ziegler Zimmer`)
export const trades =
  list(`Accounting Advisors Analytics Architects Automotive Bakery Breweries Carpentry Catering Chemicals Clinics Cloud
  Consulting Dental Design Electric Engineering Farms Fashion Finance Foods Freight Gardens Hotels Housing Insurance Labs Legal Logistics
  Machines Media Metals Optics Packaging Pharmacy Printing Schools Shipping Textiles Travel`)
export const forms = ['GmbH', 'AG', 'KG', 'GmbH & Co. KG', 'Ltd', 'BV', 'SAS', 'SpA']
export const cities =
  list(`Aachen Amsterdam Antwerp Athens Augsburg Basel Berlin Bern Bilbao Bonn Bordeaux Bremen Brussels Cologne Copenhagen
  Cork Dresden Dublin Essen Florence Frankfurt Geneva Genoa Ghent Graz Hamburg Hanover Helsinki Innsbruck Kiel Krakow Leeds Leipzig Lille Linz
  Lisbon London Lyon Madrid Malaga Malmo Mannheim Marseille Milan Munich Nantes Naples Nice Oslo Oxford Paris Porto Prague Rome Rotterdam
  Salzburg Stuttgart Turin Vienna Zurich`)
export const parts =
  list(`Airport Campus Center Depot Docks East Factory Forum Gate Harbor Hill Island Lab Market Mill North Office Park Plaza
  Quay South Station Tower West`)
