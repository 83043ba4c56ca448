"""The smallest dataset: one element, one route, one use, nothing uncertain. Other tests build on it."""

from __future__ import annotations

from pathlib import Path

_TABLES = {
    "SOURCES": "id,publisher,title,year,licence,grade,url,note\ntest,minrisk,made up for tests,2024,Apache-2.0,C,,",
    "dataset": "key,value,unit,year,source,grade\n"
    "name,tiny,1,2024,test,C\nimporter,IMP,1,2024,test,C\n"
    "focus_origin,SRC,1,2024,test,C\nmix_years,2024,year,2024,test,C",
    "elements": "element,name,group,unit,year,source,grade\nX,exium,light,1,2024,test,C",
    "routes": "route,origin,form,transit_months,decline_rank,unit,year,source,grade\n"
    "SRC_compound,SRC,compound,1,1,months; rank,2024,test,C",
    "uses": "use,name,elasticity_class,unit,year,source,grade\nmagnets,Magnets,stiff,1,2024,test,C",
    "use_shares": "element,use,share,unit,year,source,grade\nX,magnets,1,1,2024,test,C",
    "demand": "element,low,central,high,closes_total,unit,year,source,grade\n"
    "X,1200,1200,1200,0,t REO/yr,2024,test,C",
    "imports": "year,hs,origin,quantity_t,value_kusd,in_mix,unit,source,grade\n"
    "2024,280530,SRC,1200,12000,1,t gross; kUSD,test,C",
    "reo_factors": "hs,form,low,central,high,closes_total,unit,year,source,grade\n"
    "280530,compound,1,1,1,0,t REO/t gross,2024,test,C",
    "composition": "origin,hs,element,share,concentration,unit,year,source,grade\nSRC,280530,X,1,100,1,2024,test,C",
}


def write_tiny(folder: Path) -> Path:
    """Write the tiny dataset: element X, route SRC_compound, use magnets, 1,200 t/yr, no uncertainty.

    Parameters
    ----------
    folder : Path
        Folder to fill; created if missing.

    Returns
    -------
    Path
        The same folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for stem, text in _TABLES.items():
        (folder / f"{stem}.csv").write_text(text + "\n", encoding="utf-8")
    return folder
