"""Valid files that mutations start from: a small dataset with every table, an episode, the packaged scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from minrisk.scenario.load import read_merged
from tests import SCENARIOS

_END = "2024,test,C"
_TABLES = {
    "SOURCES": "id,publisher,title,year,licence,grade,url,note|test,minrisk,made up,2024,Apache-2.0,C,,",
    "dataset": f"key,value,unit,year,source,grade|name,small,1,{_END}|title,Made up,1,{_END}|importer,JPN,1,{_END}|"
    f"focus_origin,CHN,1,{_END}|mix_years,2023-2024,year,{_END}|price_year,2024,year,{_END}|"
    f"price_series,spot,1,{_END}|demand_total_t_per_year,1300,t REO,{_END}|gdp_tn_jpy,600,tn JPY,{_END}|"
    f"jpy_per_usd,150,JPY/USD,{_END}|minimum_final_demand,0.5,1,{_END}",
    "elements": f"element,name,group,unit,year,source,grade|Nd,neodymium,light,1,{_END}|"
    f"Dy,dysprosium,heavy,1,{_END}",
    "routes": "route,origin,form,transit_months,decline_rank,unit,year,source,grade|"
    f"CHN_compound,CHN,compound,1,1,months; rank,{_END}|MYS_compound,MYS,compound,2,2,months; rank,{_END}|"
    f"JPN_mud,JPN,mud,0,3,months; rank,{_END}",
    "uses": "use,name,elasticity_class,priority,share_spread,unit,year,source,grade|"
    f"ndfeb_magnets,Magnets,stiff,1,0.3,1,{_END}|polishing,Polishing,loose,2,0.3,1,{_END}",
    "use_shares": "element,use,share,joint,unit,year,source,grade|"
    f"Nd,ndfeb_magnets,0.9,1,1,{_END}|Nd,polishing,0.1,0,1,{_END}|Dy,ndfeb_magnets,1,1,1,{_END}",
    "demand": "element,low,central,high,closes_total,unit,year,source,grade|"
    f"Nd,900,1000,1200,1,t REO/yr,{_END}|Dy,250,300,350,0,t REO/yr,{_END}",
    "imports": "year,hs,origin,quantity_t,value_kusd,in_mix,unit,source,grade|"
    "2023,280530,CHN,900,9000,1,t gross; kUSD,test,C|2024,280530,CHN,950,12000,1,t gross; kUSD,test,C|"
    "2024,280530,MYS,400,5000,1,t gross; kUSD,test,C",
    "reo_factors": "hs,form,low,central,high,closes_total,unit,year,source,grade|"
    f"280530,compound,0.8,0.95,1.1,1,t REO/t gross,{_END}",
    "composition": "origin,hs,element,share,concentration,unit,year,source,grade|"
    f"CHN,280530,Nd,0.7,30,1,{_END}|CHN,280530,Dy,0.3,30,1,{_END}|MYS,280530,Nd,0.95,20,1,{_END}|"
    f"MYS,280530,Dy,0.05,20,1,{_END}",
    "china_shares": f"element,low,central,high,unit,year,source,grade|Dy,0.85,0.95,0.99,1,{_END}",
    "feed": f"route,element,low,central,high,unit,year,source,grade|MYS_compound,*,0,0.1,0.3,1,{_END}",
    "trade": "importer,year,hs,origin,quantity_t,value_kusd,unit,source,grade|"
    "KOR,2024,280530,CHN,100,900,t gross; kUSD,test,C",
    "exports": "country,year,hs,quantity_t,value_kusd,unit,source,grade|"
    "JPN,2024,280530,10,90,t gross; kUSD,test,C",
    "swap_pools": f"element,low,central,high,unit,year,source,grade|Nd,0,50,100,t REO/yr,{_END}",
    "prices": "element,year,series,price,unit,source,grade|"
    "Nd,2024,spot,60,USD/kg,test,C|Dy,2024,spot,250,USD/kg,test,C",
    "production": "year,country,production_t,edition,unit,source,grade|2024,CHN,270000,mcs,t REO,test,C|"
    "2024,MYS,130,mcs,t REO,test,C",
    "governance": "year,country,pv_estimate,pv_std_err,vintage,unit,source,grade|2024,CHN,-0.5,0.2,2025,1,test,C|"
    "2024,MYS,0.1,0.2,2025,1,test,C",
    "deposits": f"deposit,country,element,share,unit,year,source,grade|bayan,CHN,Nd,0.9,1,{_END}|"
    f"bayan,CHN,Dy,0.1,1,{_END}",
    "stocks": f"holder,element,low,central,high,unit,year,source,grade|industry,*,2,6,12,month,{_END}",
    "contracts": f"contract,supplier,route,element,term,amount,unit,year,source,grade|"
    f"one,Mine,MYS_compound,NdPr,firm,500,t/yr,{_END}",
    "project_terms": f"project,route,start,status,firm,floor_dependent,in_base_mix,unit,year,source,grade|"
    f"Mine,MYS_compound,2025-10,building,0,1,MYS_compound,month,{_END}",
    "project_plans": f"project,field,element,low,central,high,unit,year,source,grade|"
    f"Mine,t_per_year,Dy,15,35,50,t REO/yr,{_END}",
    "seabed_facts": f"quantity,scope,low,central,high,unit,year,source,grade|grade_ppm,all,964,964,964,ppm,{_END}",
    "losses": "author,country,scenario,months,low,high,closure,unit,year,source,grade|"
    f"NRI,JPN,all stop,3,0.11,0.12,NRI,% of GDP,{_END}",
    "industries": "industry,name,output_musd,value_added_musd,imports_musd,final_demand_musd,exports_musd,unit,"
    f"year,source,grade|cars,Cars,500,200,50,350,150,million USD,{_END}|"
    f"steel,Steel,300,100,20,60,40,million USD,{_END}",
    "input_flows": f"seller,buyer,flow_musd,unit,year,source,grade|steel,cars,150,million USD,{_END}|"
    f"cars,cars,50,million USD,{_END}|steel,steel,70,million USD,{_END}",
    "dependence": f"industry,use,low,central,high,unit,year,source,grade|cars,ndfeb_magnets,0.4,0.5,0.9,1,{_END}|"
    f"steel,polishing,0,0.1,0.2,1,{_END}",
    "buffers": f"buffer,industry,low,central,high,unit,year,source,grade|parts,*,0.5,1,3,month,{_END}|"
    f"finished,*,0.5,1,3,month,{_END}|refill,*,3,6,12,month,{_END}",
    "closures": f"closure,parameter,value,unit,year,source,grade|own,binding,1,1,{_END}|"
    f"own,substitution,0,1,{_END}|own,stock_months,4,month,{_END}|own,buffers,1,1,{_END}|own,linked,1,1,{_END}|NRI,binding,0,1,{_END}|"
    f"NRI,substitution,0,1,{_END}|NRI,stock_months,0,month,{_END}|NRI,buffers,0,1,{_END}|NRI,linked,0,1,{_END}",
    "closure_industries": f"closure,industry,dependence,unit,year,source,grade|NRI,cars,0.5,1,{_END}",
    "headline_shares": f"measure,share,unit,year,source,grade|all rare earths,0.7,1,{_END}",
    "conflicts": f"topic,won,text,unit,year,source,grade|share of China,customs,both are right,1,{_END}",
}  # fmt: skip

OBSERVATIONS = """\
variable,element,origin,month,value,low,high,unit,source,role,note
imports,,CHN,2024-06,55.5,50,70,t/month,made up,held_out,
exports,Dy,CHN,2024-03,10,,,t/month,made up,calibrated,nothing
import_share,Dy,CHN,2024,0.9,0.8,0.95,1,made up,calibrated,
marginal_price,Nd,,2024-Q3,80,,,USD/kg,made up,held_out,
average_price,,,2024-05..2024-07,120,,,index 2024-02..2024-03 = 100,made up,calibrated,
demand,Nd,,2024,1000,900,1100,t/year,made up,held_out,
stock_cover,all,,2024-09,4,2,6,months,made up,held_out,
months_to_first_stoppage,Nd,,2024-04,none,,,months,made up,held_out,
output_index,ndfeb_magnets,,2024-10,95,90,100,%,made up,held_out,
"""

CALIBRATION = """\
scenario: scenario.yaml
result: calibrated.yaml
seed: 7
draws: 20
fields:
  events.ban.severity: {low: 0, high: 1, start: 0.5, spread: 0.4}
  market.elasticity_stiff: {low: 0.02, high: 0.5}
"""


def write_dataset(folder: Path) -> dict[str, str]:
    """Write the small dataset: two elements, three routes, two uses, two industries; gives its tables' texts."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {stem: text.replace("|", "\n") + "\n" for stem, text in _TABLES.items()}
    for stem, text in texts.items():
        (folder / f"{stem}.csv").write_text(text, encoding="utf-8")
    return texts


def packaged_trees() -> dict[str, dict[str, Any]]:
    """Every packaged scenario, merged with its bases, as plain values."""
    trees = {path.stem: read_merged(path, path.name).plain() for path in sorted(SCENARIOS.glob("*.yaml"))}
    return {name: {key: tree[key] for key in tree if key != "extends"} for name, tree in trees.items()}


def small_scenario(tree: dict[str, Any]) -> dict[str, Any]:
    """Scenario of a year with one ban on the small dataset."""
    ban = {
        "name": "ban", "type": "export_ban", "origin": "CHN", "destination": "all", "elements": "all",
        "start": "2024-03", "duration_months": 3, "severity": 0.5,
    }  # fmt: skip
    market = {key: value for key, value in tree["market"].items() if key != "stock_cover_factor"}
    market["choke_price_index"] = 20  # the small dataset has no ceilings in USD/kg
    return {
        "title": "Made up", "dataset": "data", "start": "2024-01", "months": 12, "seed": 3, "market": market,
        "events": [ban],
    }  # fmt: skip
