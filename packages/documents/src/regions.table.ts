/**
 * Regions that are known although no endpoint stands in them yet: countries (ISO 3166-1 alpha-2),
 * groups of them, and what AWS, Google and Azure call their own.
 */
const split = (text: string): readonly string[] => text.trim().split(/\s+/);

const COUNTRIES = split(`
  ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br bs bt bv bw by bz
  ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh er es et fi fj fk fm fo fr
  ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp
  ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo mp mq mr ms mt
  mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw
  sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug
  um us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw`);

const GROUPS = split(`
  eu eea efta europe uk dach benelux nordics emea mea africa asia apac anz oceania americas north-america
  south-america latam gcc asean global`);

const AWS = split(`
  us-east-1 us-east-2 us-west-1 us-west-2 us-gov-east-1 us-gov-west-1 ca-central-1 ca-west-1 mx-central-1 sa-east-1
  eu-central-1 eu-central-2 eu-west-1 eu-west-2 eu-west-3 eu-north-1 eu-south-1 eu-south-2 eusc-de-east-1 af-south-1
  il-central-1 me-central-1 me-south-1 ap-east-1 ap-east-2 ap-south-1 ap-south-2 ap-northeast-1 ap-northeast-2
  ap-northeast-3 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6
  ap-southeast-7 cn-north-1 cn-northwest-1`);

const GOOGLE = split(`
  us-central1 us-east1 us-east4 us-east5 us-south1 us-west1 us-west2 us-west3 us-west4 northamerica-northeast1
  northamerica-northeast2 northamerica-south1 southamerica-east1 southamerica-west1 europe-central2 europe-north1
  europe-north2 europe-southwest1 europe-west1 europe-west2 europe-west3 europe-west4 europe-west6 europe-west8
  europe-west9 europe-west10 europe-west12 africa-south1 me-central1 me-central2 me-west1 asia-east1 asia-east2
  asia-northeast1 asia-northeast2 asia-northeast3 asia-south1 asia-south2 asia-southeast1 asia-southeast2
  asia-southeast3 australia-southeast1 australia-southeast2`);

const AZURE = split(`
  eastus eastus2 centralus northcentralus southcentralus westcentralus westus westus2 westus3 usgovvirginia
  usgovarizona usgovtexas canadacentral canadaeast mexicocentral brazilsouth brazilsoutheast chilecentral northeurope
  westeurope francecentral francesouth germanywestcentral germanynorth italynorth norwayeast norwaywest polandcentral
  spaincentral swedencentral swedensouth switzerlandnorth switzerlandwest uksouth ukwest austriaeast belgiumcentral
  israelcentral qatarcentral uaecentral uaenorth southafricanorth southafricawest australiaeast australiasoutheast
  australiacentral australiacentral2 newzealandnorth eastasia southeastasia japaneast japanwest koreacentral
  koreasouth centralindia southindia westindia jioindiawest jioindiacentral indonesiacentral malaysiawest
  taiwannorth chinaeast chinaeast2 chinaeast3 chinanorth chinanorth2 chinanorth3`);

export const REGIONS: ReadonlySet<string> = new Set([GROUPS, COUNTRIES, AWS, GOOGLE, AZURE].flat());
